import { ingressNodePort, nginxNodePort } from "./ports.ts";
import { isControlPlane, nodesOf } from "./roles.ts";
import type { Lab } from "./types.ts";

/** Listens at all addresses of a computer. */
export const everyAddress = "0.0.0.0";

export const defaultListen = "127.0.0.1";

export const isLoopback = (address: string): boolean => address.startsWith("127.");

/** What one port of the entrance leads to: in a record, and in messages, named by `door`. */
export type Door =
  | { kind: "api-server" }
  | { kind: "node-port"; nodePort: number }
  | { kind: "ssh"; machine: string };

/** The name of a door: unique in a lab. */
export function doorName(door: Door): string {
  if (door.kind === "ssh") return `ssh.${door.machine}`;
  return door.kind === "node-port" ? `node-port.${door.nodePort}` : door.kind;
}

/** The doors of a lab's entrance. A machine behind a jump host has none: the way to it leads through the jump host. */
export function doorsOf(lab: Lab): Door[] {
  const { entrance, machines } = lab;
  if (!entrance) return [];
  const nodePorts = nodesOf(lab).length === 0 ? [] : (entrance.nodePorts ?? defaultNodePorts(lab));
  return [
    ...(machines.some(isControlPlane) ? [{ kind: "api-server" } as const] : []),
    ...nodePorts.map((nodePort): Door => ({ kind: "node-port", nodePort })),
    ...machines
      .filter(({ via }) => via === undefined)
      .map(({ name }): Door => ({ kind: "ssh", machine: name })),
  ];
}

const defaultNodePorts = ({ playbooks, cluster }: Lab): number[] => [
  ...(playbooks.includes("nginx-nodeport") ? [nginxNodePort] : []),
  ...(cluster.addons?.includes("skipper") ? [ingressNodePort] : []),
];

/** The names of the entrance in the API server's certificate, besides those that are always there. */
export const entranceNames = ({ entrance }: Pick<Lab, "entrance">): string[] =>
  [entrance?.listen, entrance?.name].filter(
    (one) => one !== undefined && one !== everyAddress && one !== defaultListen,
  ) as string[];
