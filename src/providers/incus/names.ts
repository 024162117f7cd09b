import { createHash } from "node:crypto";
import { addressAt } from "../../lab/cidr.ts";
import { firstSet, type MachineSet, setName, setOf } from "../../lab/machine-set.ts";

const hash = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

/** The project of one of a lab's sets of machines. */
export const projectName = (set: MachineSet): string => `labwright-${setName(set)}`;

/** The suffix of a network's own name, after a dash, if members of a cluster are joined. */
export const tunnelName = "t";

/**
 * A network is an interface on the host, whose name has at most 15 bytes, two of which the tunnel's needs: a longer
 * name is replaced by a hash. Only further sets' networks have a dot.
 */
export function networkName(set: MachineSet): string {
  const name = setName(set);
  if (name.length <= 10) return `lw-${name}`;
  return `lw-${set.name.slice(0, 3)}${setOf(set) === firstSet ? "-" : "."}${hash(name, 6)}`;
}

/**
 * The access control list of a network. Its name may have no dot; only further sets' lists begin with `set-`, and a set is
 * what follows the last dash.
 */
export const accessListName = (network: string): string => network.replace(/^(.*)\./, "set-$1-");

/**
 * An instance's name is a DNS label that begins with a letter. A machine's name that is not one, such as jump_host, is
 * replaced by one with a hash at the end, so that jump-host stays free.
 */
export function instanceName(machine: string): string {
  if (/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(machine)) return machine;
  const near = machine.replace(/[^a-z0-9-]/g, "-").slice(0, 50);
  return `m-${near}-${hash(machine, 6)}`;
}

/** A network's own address: the gateway of its machines. */
export const gatewayOf = (subnet: string): string => addressAt(subnet, 1);
