import type { Command } from "../hosts/sh.ts";

/** Everything recorded of a lab: `machine kind name` → a hash, or a short text, that changes with the item. */
export type Recording = Record<string, string>;

/** One item of a recording. */
export interface Item {
  machine: string;
  /** In words: `docker network`, `file`, `deployments.apps`. */
  kind: string;
  /** Its name; of a namespaced object `namespace/name`. */
  name: string;
}

/** How items of some kinds are recorded on a machine, and how one that should not be there is removed. */
export interface Recorder {
  /** Whether it records items of a kind. */
  owns(kind: string): boolean;
  /** Read-only. Prints nothing, and ends with 0, if the machine has nothing of the kind; another code: unknown. */
  probe: Command;
  /** The probe's output as items: the kind and name of each, and the value to compare. */
  read(printed: string): { kind: string; name: string; value: string }[];
  /** Removes items, in the right order; those that are already gone are not an error. */
  remove(items: readonly Item[]): Command;
}

const kindsOfMachines = ["file", "account", "group"];

/** Whether items of a kind are the cluster's, and not one machine's. */
export const isOfCluster = (kind: string): boolean =>
  !kindsOfMachines.includes(kind) && !kind.startsWith("docker ");

const separator = "\t";

export const keyOf = ({ machine, kind, name }: Item): string => [machine, kind, name].join(separator);

export function itemOf(key: string): Item {
  const [machine = "", kind = "", ...name] = key.split(separator);
  return { machine, kind, name: name.join(separator) };
}
