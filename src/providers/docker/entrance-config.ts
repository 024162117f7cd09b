import { type Door, doorName, doorsOf } from "../../lab/entrance.ts";
import { apiPort } from "../../lab/ports.ts";
import { isControlPlane, isNode } from "../../lab/roles.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { haproxyConfig } from "../../linux/haproxy.ts";
import type { Ports } from "../entrance-ports.ts";

/** HAProxy's configuration for a lab's entrance: it leads to those machines of the lab file that have an address. */
export const entranceConfig = (lab: Lab, ports: Ports, addresses: ReadonlyMap<string, string>): string =>
  haproxyConfig(
    doorsOf(lab).map((door) => ({
      name: doorName(door),
      port: ports[doorName(door)] ?? 0,
      kind: door.kind,
      servers: lab.machines
        .filter((machine) => isBehind(door, machine))
        .flatMap(({ name }) => {
          const address = addresses.get(name);
          return address ? [{ name, address, port: portBehind(door) }] : [];
        }),
    })),
  );

function isBehind(door: Door, machine: Machine): boolean {
  if (door.kind === "ssh") return machine.name === door.machine;
  return door.kind === "api-server" ? isControlPlane(machine) : isNode(machine);
}

function portBehind(door: Door): number {
  if (door.kind === "ssh") return 22;
  return door.kind === "api-server" ? apiPort : door.nodePort;
}
