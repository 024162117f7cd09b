import { labelFlags } from "../../docker/labels.ts";
import {
  createArguments,
  type InspectedNetwork,
  type NetworkParams,
  networkDifferences,
  networkSchema,
  removeNetwork,
} from "../../docker/network.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { jsonOf } from "../../kubernetes/kubectl.ts";
import { identityOf } from "../../lab/identity.ts";
import { step } from "../step.ts";

/** The fields of `ip -json address show` that are read. */
interface Interface {
  link?: string;
  addr_info: { local: string; prefixlen: number }[];
  linkinfo?: { info_kind?: string };
}

/**
 * Without a wanted parent, any is right: the engine creates a dummy interface if the kernel can, and otherwise the interface
 * of the default route is used.
 */
export const dockerNetwork = step({
  summary: "Creates a Docker network on a machine; its settings are compared with what the engine reports.",
  params: networkSchema,
  example: { network: "news", driver: "macvlan", subnet: "172.28.0.0/24", ipRange: "172.28.0.1/24" },

  probe: ({ network, host }) => ({
    engine: sh`docker version --format '{{.Server.Version}}'`,
    network: sh`docker network inspect ${network}`,
    // The engine allows several networks with one name, and then asks which one is meant.
    names: sh`docker network ls --filter ${`name=${network}`} --format '{{.Name}}'`,
    host: host ? sh`ip -json -details address show dev ${host.interface}` : sh`true`,
  }),

  check: (facts, wanted) => {
    if (facts.engine.code !== 0) return ["the Docker engine does not answer"];
    const found = foundIn(facts.network, wanted);
    const sameName = facts.names.stdout.split("\n").filter((name) => name === wanted.network).length;
    if (sameName > 1) return [`there are ${sameName} networks ${wanted.network}, expected is one`];
    if (!found) return [`there is no network ${wanted.network}`];
    return [...networkDifferences(found, wanted), ...hostDifferences(facts.host, wanted, found)];
  },

  apply: async (host, wanted, { lab }, facts) => {
    const found = foundIn(facts.network, wanted);
    const isRight = found && networkDifferences(found, wanted).length === 0;
    if (found && !isRight) await host.run(remove(wanted));
    if (!isRight)
      await host.run(sh`${parentOf(wanted)}
      docker network create ${labelFlags(lab.name, await identityOf(lab.name))} ${createArguments(wanted)} $parent ${wanted.network}`);
    if (wanted.host) await host.run(hostInterface(wanted, wanted.host));
  },

  places: ({ network }) => [{ kind: "docker network", name: network }],

  undo: async (host, wanted) => {
    await host.run(sh`command -v docker >/dev/null || exit 0
      ${remove(wanted)}`);
  },
});

/** The engine finds a network by the beginning of its id too; only the name counts here. */
const foundIn = (fact: Output, { network }: NetworkParams): InspectedNetwork | undefined =>
  jsonOf<InspectedNetwork[]>(fact)?.find(({ Name }) => Name === network);

function hostDifferences(fact: Output, { host }: NetworkParams, network: InspectedNetwork): string[] {
  if (!host) return [];
  const [found] = jsonOf<Interface[]>(fact) ?? [];
  if (!found) return [`there is no interface ${host.interface}`];
  const { parent } = network.Options ?? {};
  const addresses = found.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  return [
    ...(found.linkinfo?.info_kind === "macvlan" ? [] : [`${host.interface} is not a macvlan interface`]),
    ...(parent === undefined || found.link === parent
      ? []
      : [`${host.interface} is on ${found.link}, and the network on ${parent}`]),
    ...(addresses.includes(host.address)
      ? []
      : [`${host.interface}: address is ${addresses.join(", ") || "not set"}, expected is ${host.address}`]),
  ];
}

/** Sets $parent to the further arguments of `docker network create`: none, if a parent is asked for or can be made. */
function parentOf({ driver, parent }: NetworkParams): Command {
  if (driver === "bridge" || parent !== undefined) return sh`parent=`;
  return sh`parent=
    if ip link add labwright-try type dummy 2>/dev/null; then
      ip link delete labwright-try
    else
      device=$(ip route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
      [ -n "$device" ] || { echo 'no default route, so no interface for the network: name a parent' >&2; exit 1; }
      parent="--opt parent=$device"
    fi`;
}

const remove = ({ network, host }: NetworkParams): Command => sh`
  ${host ? sh`ip link delete ${host.interface} 2>/dev/null` : sh``}
  ${removeNetwork(network)}`;

/** In mode bridge, as the network's children are, so that they reach each other. */
const hostInterface = (
  { network }: NetworkParams,
  host: { interface: string; address: string },
): Command => sh`
  on=$(docker network inspect --format '{{index .Options "parent"}}' ${network}) || exit 1
  ip link delete ${host.interface} 2>/dev/null
  ip link add ${host.interface} link "$on" type macvlan mode bridge &&
    ip address add ${host.address} dev ${host.interface} &&
    ip link set ${host.interface} up`;
