import type { z } from "zod";
import type { ArtifactStore } from "../artifacts/lazy.ts";
import { Command } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";
import type { Lab, Machine } from "../lab/types.ts";

/** What a step may know before anything runs: the lab, its machine, and how machines reach each other. Plain data. */
export interface Scene {
  readonly lab: Lab;
  readonly machine: Machine;
  /** Machine name → the address that other machines reach it at. */
  readonly addresses: ReadonlyMap<string, string>;
  /** `host:port` at which this computer reaches a machine's TCP port; undefined where it cannot. */
  reach(machine: string, port: number): string | undefined;
}

/** What `apply` and `undo` may use besides. */
export interface Site extends Scene {
  readonly artifacts: ArtifactStore;
  readonly signal: AbortSignal;
  /** The host of another machine of the lab. */
  on(machine: string): Promise<Host>;
  /** Says what is going on, or why we wait. */
  note(text: string): void;
  /** Reports something that an undo leaves on the machine on purpose, because it is not the lab's. */
  leave(text: string): void;
}

/** A probe that looks at another machine than the task's own. */
export class Elsewhere {
  readonly machine: string;
  readonly command: Command;
  constructor(machine: string, command: Command) {
    this.machine = machine;
    this.command = command;
  }
}

/** Runs a probe's command on another machine: `on("cp", sh\`…\`)`. */
export const on = (machine: string, command: Command): Elsewhere => new Elsewhere(machine, command);

export type Probes<K extends string = string> = Readonly<Record<K, Command | Elsewhere>>;
export type Facts<K extends string = string> = Readonly<Record<K, Output>>;

/** How long the world may take to follow after `apply`, in seconds, and what we wait for, in words. */
export interface Patience {
  seconds: number;
  for: string;
  /** Ends when it is worth looking again, or after a few seconds. It spares looks that cost more; it decides nothing. */
  until?(scene: Scene): Elsewhere;
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

export interface StepDefinition<P, K extends string> {
  params: z.ZodType<P>;
  /** Read-only commands, by the name of the fact that each gives. */
  probe(params: P, scene: Scene): Probes<K>;
  /** Pure. The differences between what is and what is wanted, in plain words; none means ok. */
  check(facts: Facts<K>, params: P, scene: Scene): readonly string[];
  /**
   * Throws if something on this computer would make `apply` fail, so that it is reported before the first machine is
   * created. Changes nothing.
   */
  preflight?(params: P, lab: string): Promise<void>;
  /** Starts early, in the background, what `apply` will need and what takes long (a compilation). */
  prepare?(params: P, site: Site): Promise<unknown>;
  /**
   * Makes it so, from any half-done state; `facts` are those that the check has just seen.
   * Absent: an expectation, which can only be waited for.
   */
  apply?(host: Host, params: P, site: Site, facts: Facts<K>): Promise<void>;
  /** Takes away what `apply` made, also half-made, and never what someone else made. */
  undo?(host: Host, params: P, site: Site): Promise<void>;
  /** What is the step's alone, by name: a reset of its exercise removes what anybody has left there, and nothing else. */
  places?(params: P, scene: Pick<Scene, "machine">): readonly Place[];
  /** What it makes is inside the cluster, and goes with it: where the cluster is taken away, nothing is left to undo. */
  within?: "cluster";
  patience?: Patience;
}

/** A step whose parameters are given and valid: what the engine works with. */
export interface BoundStep {
  preflight?: (lab: string) => Promise<void>;
  probe(scene: Scene): Probes;
  check(facts: Facts, scene: Scene): readonly string[];
  prepare?: (site: Site) => Promise<unknown>;
  apply?: (host: Host, site: Site, facts: Facts) => Promise<void>;
  undo?: (host: Host, site: Site) => Promise<void>;
  places?: (scene: Pick<Scene, "machine">) => readonly Place[];
  within?: "cluster";
  patience?: Patience;
}

export interface Step {
  /** Throws a ZodError where the parameters are not the step's. */
  bind(params: unknown): BoundStep;
}

/** Declares a step. The type of its parameters and facts stays inside: the engine sees only `BoundStep`s. */
export function step<P, K extends string>(definition: StepDefinition<P, K>): Step {
  const { preflight, prepare, apply, undo, places, within, patience } = definition;
  return {
    bind(given) {
      const params = definition.params.parse(given);
      return {
        probe: (scene) => definition.probe(params, scene),
        check: (facts, scene) => definition.check(facts as Facts<K>, params, scene),
        ...(preflight && { preflight: (lab) => preflight.call(definition, params, lab) }),
        ...(prepare && { prepare: (site) => prepare.call(definition, params, site) }),
        ...(apply && {
          apply: (host, site, facts) => apply.call(definition, host, params, site, facts as Facts<K>),
        }),
        ...(undo && { undo: (host, site) => undo.call(definition, host, params, site) }),
        ...(places && { places: (scene) => places.call(definition, params, scene) }),
        ...(within && { within }),
        ...(patience && { patience }),
      };
    },
  };
}

export const isCommand = (probe: Command | Elsewhere): probe is Command => probe instanceof Command;
