import { Command } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";
import type { Lab, Machine } from "../lab/types.ts";

/** What a step may know before anything runs: the lab, its machine, and how machines reach each other. Plain data. */
export interface CheckContext {
  readonly lab: Lab;
  readonly machine: Machine;
  /** Machine name → the address that other machines reach it at. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Running machines that `up` drains, if they are nodes, and removes; absent: none. */
  readonly leaving?: readonly string[];
  /** `host:port` at which this computer reaches a machine's TCP port; undefined if it cannot. */
  reach(machine: string, port: number): string | undefined;
  /** `host:port` of the lab's entrance that leads through a door, by `doorName`; undefined if there is none. Absent: no entrance. */
  readonly enter?: (door: string) => string | undefined;
}

/** What only `apply` and `undo` may use. */
export interface ApplyContext extends CheckContext {
  readonly signal: AbortSignal;
  /** The host of another machine of the lab. */
  on(machine: string): Promise<Host>;
  /** Says what is going on, or why we wait. */
  note(text: string): void;
  /** Reports something that an undo leaves on the machine on purpose, because it is not the lab's. */
  leave(text: string): void;
}

/** A probe that looks at another machine than the task's own. */
export class RemoteProbe {
  readonly machine: string;
  readonly command: Command;
  constructor(machine: string, command: Command) {
    this.machine = machine;
    this.command = command;
  }
}

/** Runs a probe's command on another machine: `onMachine("cp", sh\`…\`)`. */
export const onMachine = (machine: string, command: Command): RemoteProbe =>
  new RemoteProbe(machine, command);

export type Probes<K extends string = string> = Readonly<Record<K, Command | RemoteProbe>>;
export type Facts<K extends string = string> = Readonly<Record<K, Output>>;

/** How long the world may take to follow after `apply`, in seconds, and what we wait for, in words. */
export interface Patience {
  seconds: number;
  for: string;
  /** Ends when it is worth looking again, or after a few seconds. It spares looks that cost more; it decides nothing. */
  until?(context: CheckContext): RemoteProbe;
}

/** A thing of a machine, or of the cluster, that a step has for itself. */
export interface Place {
  /**
   * `file` is a path with all below it, `account` a user with the group of that name, `namespace` a namespace with all in
   * it, `object` an object as `kind/name` or `kind/namespace/name`.
   */
  kind:
    | ("docker container" | "docker image" | "docker network" | "docker volume")
    | ("account" | "file" | "namespace" | "object");
  name: string;
}

/** A step whose parameters are given and valid: what the engine works with. */
export interface BoundStep {
  preflight?: (lab: string) => Promise<void>;
  probe(context: CheckContext): Probes;
  check(facts: Facts, context: CheckContext): readonly string[];
  refuse?: (facts: Facts, context: CheckContext) => Error | undefined;
  prepare?: (context: ApplyContext) => Promise<unknown>;
  apply?: (host: Host, context: ApplyContext, facts: Facts) => Promise<void>;
  undo?: (host: Host, context: ApplyContext) => Promise<void>;
  places?: (context: Pick<CheckContext, "machine">) => readonly Place[];
  within?: "cluster";
  patience?: Patience;
}

export const isCommand = (probe: Command | RemoteProbe): probe is Command => probe instanceof Command;
