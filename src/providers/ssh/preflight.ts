import type { PodNetwork } from "../../components/network/pod-network.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { freeNetwork, overlaps, prefixOf } from "../../lab/cidr.ts";
import { apiPort } from "../../lab/ports.ts";
import { isNode, servesApi } from "../../lab/roles.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import type { Refusal } from "./refusal.ts";
import { movedAside, type Survey } from "./survey.ts";

/** A node that is about to be taken, and its host's facts. */
export interface Surveyed {
  machine: Machine;
  seen: Survey;
}

/** Where the other machines reach it. */
export const addressOf = ({ machine, seen }: Surveyed): string => machine.address ?? seen.address;

/** Hosts with one address, as every VirtualBox machine behind NAT has: no machine would reach another. */
export function sameAddress(hosts: readonly Surveyed[]): Refusal[] {
  const byAddress = Map.groupBy(
    hosts.filter((host) => addressOf(host) !== ""),
    addressOf,
  );
  return [...byAddress].flatMap(([address, all]) => {
    if (all.length < 2) return [];
    const others = all.flatMap(({ machine, seen }) =>
      seen.networks.flatMap(({ link, network }) => {
        const other = network.split("/")[0];
        return other === address ? [] : [`${machine.name} ${other} (${link})`];
      }),
    );
    const known = others.length > 0 ? ` They also have: ${others.join(", ")}.` : "";
    return [
      {
        message: `${all.map(({ machine }) => machine.name).join(", ")} have the same address ${address} on the interface of their default route`,
        remedy: `In the lab file, give each of them the address at which the others reach it, such as \`address: 192.168.56.11\`.${known}`,
      },
    ];
  });
}

/** Hosts whose own network overlaps the pods' or the services': the cluster would hide it from them. */
export function overlapping(hosts: readonly Surveyed[], { cluster: { network } }: Lab): Refusal[] {
  const all = hosts.flatMap(({ machine, seen }) => seen.networks.map((one) => ({ ...one, machine })));
  const taken = all.map((one) => one.network);
  const keys = { podSubnet: network.podSubnet, serviceSubnet: network.serviceSubnet } as const;
  return Object.entries(keys).flatMap(([key, wanted]) => {
    const hit = all.filter((one) => overlaps(one.network, wanted));
    const others = Object.values(keys).filter((other) => other !== wanted);
    const free = freeNetwork(Math.max(16, prefixOf(wanted)), [...taken, ...others]);
    return hit.length === 0
      ? []
      : [
          {
            message: `${hit.map(({ machine, link, network: own }) => `${machine.name} is in ${own} (${link})`).join(", ")}, which overlaps the cluster's ${key} ${wanted}`,
            remedy: `In the lab file, set \`cluster.network.${key}\` to a free network${free === undefined ? "" : `, such as ${free}`}.`,
          },
        ];
  });
}

/** Folders that a step moves aside cannot be moved if they are mounts; an empty one is used unchanged. */
export function fullMounts(
  { machine: { name }, seen }: Surveyed,
  { cluster }: Pick<Lab, "cluster">,
): Refusal[] {
  const moved = movedAside(cluster);
  return seen.mounts
    .filter(({ path }) => moved.includes(path))
    .map(({ path, holds }) => ({
      message: `${name}: ${path} is a mount that is not empty (${holds}), so what it holds cannot be moved aside`,
      remedy:
        holds === "lost+found"
          ? `Run \`rmdir ${path}/lost+found\` on ${name} (mklost+found(8) makes it again), or unmount ${path}.`
          : `Empty ${path} on ${name}, or unmount it.`,
    }));
}

/** The ports of a machine that must be open to the nodes: the API server's and the kubelet's. */
const portsOf = (machine: Machine): number[] => [
  ...(servesApi(machine) ? [apiPort] : []),
  ...(isNode(machine) ? [10250] : []),
];

/** Seconds until a port counts as filtered; one that is only closed refuses at once. */
const patience = 2;

const knock = `exec 3<>"/dev/tcp/$0/$1"`;

/** Connects to the ports of the other nodes, and prints those that give no answer at all: `cp 6443`. */
export function knocks(from: Surveyed, hosts: readonly Surveyed[]): Command {
  const doors = hosts.flatMap((host) =>
    host === from
      ? []
      : portsOf(host.machine).map((port) => `${host.machine.name} ${addressOf(host)} ${port}`),
  );
  return sh`
    for door in ${doors}; do
      set -- $door
      {
        said=$(timeout ${patience} bash -c ${knock} "$2" "$3" 2>&1)
        [ "$?" = 124 ] && echo "$1 $3 does not answer"
        case "$said" in *"No route to host"*) echo "$1 $3 is rejected" ;; esac
      } &
    done
    wait
    true`;
}

/** The output of `knocks` on each host, in words. */
export function filtered(
  hosts: readonly Surveyed[],
  answers: ReadonlyMap<string, string>,
  { ports }: Pick<PodNetwork, "ports">,
): Refusal[] {
  const found = hosts.flatMap(({ machine }) =>
    (answers.get(machine.name) ?? "").split("\n").flatMap((line) => {
      const [to = "", port = "", ...how] = line.split(" ");
      return port === "" ? [] : [{ from: machine.name, to, port, how: how.join(" ") }];
    }),
  );
  // The connections run side by side, and their answers come in any order.
  const sorted = found.toSorted((a, b) => Number(a.port) - Number(b.port));
  return [...Map.groupBy(sorted, ({ to }) => to)].map(([to, doors]) => {
    const words = doors.map(({ from, port, how }) => `TCP ${port} ${how} (tried from ${from})`);
    const from = hosts.filter(({ machine }) => machine.name !== to).map(addressOf);
    return {
      code: "ports-filtered",
      message: `a firewall blocks the other nodes from reaching ${to}: ${words.join(", ")}`,
      remedy: `On ${to}, or in the network before it, let ${from.join(", ")} in at ${[`TCP ${apiPort}`, "TCP 10250", ...ports].join(", ")} and TCP 30000-32767; then run \`labwright up\` again.`,
    };
  });
}
