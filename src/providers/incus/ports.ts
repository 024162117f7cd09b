import { randomInt } from "node:crypto";
import type { Member } from "./members.ts";

/** A machine's port → the server's port that leads to it. */
export type Ports = Readonly<Record<string, number>>;

/**
 * Chooses ports of a machine's server, if the machine is reached through them. A port that is in use there fails the
 * machine's start, and the next run chooses again.
 */
export const drawPorts = ({ address }: Member, wanted: readonly number[]): Ports =>
  address === undefined ? {} : Object.fromEntries(wanted.map((port) => [port, randomInt(20_000, 60_000)]));

/** The devices that lead from a server's ports to a machine's. */
export const portDevices = (ports: Ports, address: string): Record<string, Record<string, string>> =>
  Object.fromEntries(
    Object.entries(ports).map(([port, outer]) => [
      `port-${port}`,
      { type: "proxy", listen: `tcp:0.0.0.0:${outer}`, connect: `tcp:${address}:${port}` },
    ]),
  );

/** `host:port` at which this computer reaches a machine's port; undefined if nothing leads to it. */
export function wayTo(
  port: number,
  { address, server, ports }: { address: string; server: string | undefined; ports: Ports },
): string | undefined {
  if (server === undefined) return `${address}:${port}`;
  const outer = ports[port];
  return outer === undefined ? undefined : `${server}:${outer}`;
}
