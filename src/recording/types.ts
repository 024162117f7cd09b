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

/** What a recorder finds: an item's kind and name, and the value to compare. */
export interface FoundItem {
  kind: string;
  name: string;
  value: string;
  /** What it takes to put the item back, if its value is not enough. */
  content?: string;
}

/** An item as it was recorded, to be put back. */
export interface Kept extends Item {
  value: string;
  content?: string;
  /** Whether there is one of that name now, which differs. */
  isThere: boolean;
}

/** How items of some kinds are recorded on a machine, and how one that should not be there is removed. */
export interface Recorder {
  /** Whether it records items of a kind. */
  owns(kind: string): boolean;
  /** Read-only. Prints nothing, and ends with 0, if the machine has nothing of the kind; another code: unknown. */
  probe: Command;
  read(printed: string): FoundItem[];
  /** Removes items, in the right order; those that are already gone are not an error. The cluster's may be gone a little later. */
  remove(items: readonly Item[]): Command;
  /** Prints the contents of items that `read` does not have: a gzipped tar of these files, in base64. */
  fetch?(names: readonly string[]): Command;
  /** Puts items back as they were recorded, in the right order; absent: only a step's `apply` or a new machine does. */
  putBack?(items: readonly Kept[]): Command;
}

const kindsOfMachines = [
  ...["file", "account", "group", "package", "systemd unit"],
  ...["firewall rule", "firewall policy", "firewall chain"],
  ...["network link", "network address", "network route", "mount", "listening socket"],
];

/** Whether items of a kind are the cluster's, and not one machine's. */
export const isOfCluster = (kind: string): boolean =>
  !kindsOfMachines.includes(kind) && !kind.startsWith("docker ");

const separator = "\t";

export const keyOf = ({ machine, kind, name }: Item): string => [machine, kind, name].join(separator);

export function itemOf(key: string): Item {
  const [machine = "", kind = "", ...name] = key.split(separator);
  return { machine, kind, name: name.join(separator) };
}
