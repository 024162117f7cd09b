import { createHash } from "node:crypto";

const hash = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

/** The project of a lab. */
export const projectName = (lab: string): string => `labwright-${lab}`;

/** The suffix of a network's own name, after a dash, if members of a cluster are joined. */
export const tunnelName = "t";

/**
 * A network is an interface on the host, whose name has at most 15 bytes, two of which the tunnel's needs: a longer
 * lab's name is replaced by a hash.
 */
export const networkName = (lab: string): string =>
  lab.length <= 10 ? `lw-${lab}` : `lw-${lab.slice(0, 3)}-${hash(lab, 6)}`;

/**
 * An instance's name is a DNS label that begins with a letter. A machine's name that is not one, such as jump_host, is
 * replaced by one with a hash at the end, so that jump-host stays free.
 */
export function instanceName(machine: string): string {
  if (/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(machine)) return machine;
  const near = machine.replace(/[^a-z0-9-]/g, "-").slice(0, 50);
  return `m-${near}-${hash(machine, 6)}`;
}
