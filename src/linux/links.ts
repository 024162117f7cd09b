import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";

/** Prints the machine's link that has an IPv4 address; nothing if none has it. */
export const linkOf = (address: string): Command => sh`ip -4 -o address show to ${`${address}/32`}`;

/** The link in the output of `linkOf`; empty if there is none. */
export const linkIn = (fact: Output | undefined): string =>
  /^\d+: (\S+) /m.exec(fact?.stdout ?? "")?.[1] ?? "";

const knock = `exec 3<>"/dev/tcp/$0/9"`;

/**
 * Prints the hardware address of the neighbour that has an IPv4 address; nothing if there is none. A computer that answers
 * nothing else has to answer ARP.
 */
export const answersAt = (address: string): Command => sh`
  timeout 2 bash -c ${knock} ${address} 2>/dev/null
  ip -4 neighbour show to ${address} | sed -n 's/.* lladdr \([^ ]*\) .*/\1/p'`;
