import type { Command } from "../../hosts/sh.ts";

/** Everything recorded of a lab: `machine kind name` → a hash, or a short text, that changes when the thing does. */
export type Recording = Record<string, string>;

/** One thing of a recording. */
export interface Item {
  machine: string;
  /** In words: `docker network`, `file`, `deployments.apps`. */
  kind: string;
  /** Its name; of a namespaced object `namespace/name`. */
  name: string;
}

/** A kind of things that a machine may have: how they are seen, and how one that should not be there is removed. */
export interface Recorder {
  /** Whether it records items of a kind. */
  owns(kind: string): boolean;
  /** Read-only. Prints nothing, and ends with 0, if the machine has nothing of the kind; another code: unknown. */
  probe: Command;
  /** What the probe printed, as kind and name of each thing and what is compared of it. */
  read(printed: string): { kind: string; name: string; value: string }[];
  /** Removes things, in the right order; those that are already gone are not an error. */
  remove(items: readonly Item[]): Command;
}

const kindsOfMachines = ["file", "account", "group"];

/** Whether things of a kind are the cluster's, and not one machine's. */
export const isOfCluster = (kind: string): boolean =>
  !kindsOfMachines.includes(kind) && !kind.startsWith("docker ");

const separator = "\t";

export const keyOf = ({ machine, kind, name }: Item): string => [machine, kind, name].join(separator);

export function itemOf(key: string): Item {
  const [machine = "", kind = "", ...name] = key.split(separator);
  return { machine, kind, name: name.join(separator) };
}
