import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { sh } from "../../hosts/sh.ts";

import { type Claim, claimOf, type Identity } from "../../lab/identity.ts";
import { firstSet, type MachineSet, setIn, setLabels, setOf } from "../../lab/machine-set.ts";
import type { Lab } from "../../lab/types.ts";
import { freeSubnet } from "../machine/subnet.ts";
import { ensureAccessRules } from "./access-rules.ts";
import { passDocker } from "./docker-rules.ts";
import type { Engine } from "./engine.ts";
import { type Incus, label, nameTaken } from "./incus.ts";
import { assertAnswer, makeOnAll } from "./members.ts";
import { gatewayOf, networkName, tunnelName } from "./names.ts";

const networksSchema = z.array(
  z.object({
    name: z.string(),
    description: z.string(),
    /** `Pending` while a cluster's members have only prepared it, `Errored` until all have created it. */
    status: z.string(),
    config: z.record(z.string(), z.string()),
  }),
);

export interface Network {
  name: string;
  subnet: string;
  status: string;
  /** The set of machines that it belongs to. */
  set: string;
  /** Whether its machines are kept from the server's computer. */
  isolated: boolean;
  claim: Claim;
}

/** The description of a lab's network: before it exists, a member of a cluster keeps nothing else of it. */
const about = (one: MachineSet, id: string): string =>
  `labwright lab ${one.name} ${id}${setOf(one) === firstSet ? "" : ` set ${setOf(one)}`}`;

/** What a description of ours names: no id if labwright had none yet. Undefined if it is not the lab's. */
function namedIn(description: string, lab: string): { id: string | undefined; set: string } | undefined {
  const [, name, id, set = firstSet] =
    /^labwright lab (\S+)(?: ([0-9a-f]{16})(?: set (\d+))?)?$/.exec(description) ?? [];
  return name === lab ? { id, set } : undefined;
}

/** The networks of all sets of a lab, by label; one that exists on no member yet can have no label. */
export async function networksOf(incus: Incus, lab: string): Promise<Network[]> {
  const all = await incus.query("/1.0/networks?recursion=1", networksSchema);
  return all.flatMap(({ name, status, description, config }): Network[] => {
    const subnet = config[label.subnet] ?? "";
    const what = `network ${name}`;
    if (status !== "Pending") {
      if (config[label.lab] !== lab) return [];
      const set = setIn(label, config);
      const isolated = config[label.isolated] === "true";
      return [{ name, status, subnet, set, isolated, claim: claimOf(label, what, config) }];
    }
    const named = namedIn(description, lab);
    return named
      ? [{ name, status, subnet, set: named.set, isolated: false, claim: { what, id: named.id } }]
      : [];
  });
}

const networkOf = async (incus: Incus, one: MachineSet): Promise<Network | undefined> =>
  (await networksOf(incus, one.name)).find(({ set }) => set === setOf(one));

/**
 * Creates the network of the lab's machines if it is missing: a bridge with NAT to the outside. The machines' addresses are
 * fixed, so no DHCP or DNS server runs on it.
 */
export async function ensureNetwork(engine: Engine, lab: Lab, identity: Identity): Promise<Network> {
  const { incus } = engine;
  const { listed, stands } = await standing(incus, lab);
  if (listed && !stands) await removeNetwork(incus, listed);
  const network = listed && stands ? listed : await createNetwork(engine, lab, identity);
  const { name, subnet } = network;
  await ensureAccessRules(engine, { name, subnet, lab: lab.name, isolated: lab.isolated === true });
  if (incus.remote === undefined) await passDocker(network.name);
  return network;
}

/** The bridge may still list the interface of an instance that has just gone; deleting it then fails. */
export const removeNetwork = (incus: Incus, { name }: Pick<Network, "name">): Promise<void> =>
  incus.remove(sh`network delete ${incus.at(name)}`, /children interfaces/i);

/** How long to wait for a bridge that the server lists already, in seconds. */
const patience = 15;

/**
 * A set's network, and whether its bridge exists. The server lists a network before it creates the bridge: after a run
 * that was cut off, the bridge comes soon, or never.
 */
async function standing(
  incus: Incus,
  one: MachineSet,
): Promise<{ listed: Network | undefined; stands: boolean }> {
  for (const end = Date.now() + patience * 1000; ; await sleep(300)) {
    const listed = await networkOf(incus, one);
    if (!listed || listed.status === "Pending") return { listed, stands: false };
    const state = sh`query ${incus.at(`/1.0/networks/${listed.name}/state`)}`;
    const stands = listed.status === "Created" && (await incus.run(state, { accept: "any" })) !== "";
    if (stands || Date.now() >= end) return { listed, stands };
  }
}

const subnetsIn = (networks: z.output<typeof networksSchema>): string[] =>
  networks.flatMap(({ config }) => config["ipv4.address"]?.match(/^[\d.]+\/\d+$/) ?? []);

/** The IPv4 addresses of all networks of the server, with their prefixes. */
export const serverSubnets = async ({ incus }: Pick<Engine, "incus">): Promise<string[]> =>
  subnetsIn(await incus.query("/1.0/networks?recursion=1", networksSchema));

async function createNetwork(
  { incus, facts, members }: Engine,
  lab: Lab,
  identity: Identity,
): Promise<Network> {
  const name = networkName(lab);
  const others = await incus.query("/1.0/networks?recursion=1", networksSchema);
  if (others.some((other) => other.name === name)) throw nameTaken("network", name);
  const subnet = lab.machineSubnet ?? (await freeSubnet(lab, subnetsIn(others)));
  const address = `${gatewayOf(subnet)}/${subnet.split("/")[1]}`;
  const config = {
    "ipv4.address": address,
    "ipv4.nat": "true",
    "ipv4.dhcp": "false",
    "ipv6.address": "none",
    "dns.mode": "none",
    ...(facts.server_clustered && tunnel()),
    ...setLabels(label, lab, identity),
    [label.subnet]: subnet,
  };
  const words = Object.entries(config).map(([key, value]) => `${key}=${value}`);
  assertAnswer(members, "cannot create a network");
  const make = sh`network create ${incus.at(name)} --type bridge --description ${about(lab, identity.id)}`;
  await makeOnAll(incus, members, make, { settings: words });
  const claim = { what: `network ${name}`, ...identity };
  return { name, subnet, status: "Created", set: setOf(lab), isolated: false, claim };
}

/**
 * Joins the bridges of a cluster's members into one network: VXLAN by multicast, with equal settings on each, and
 * one device, so that there are no loops. The number separates labs, also those of other clusters that receive the same
 * multicast. Incus lowers the bridge's MTU to 1400 itself; machines and Calico use the same.
 *
 * Every bridge has the gateway's address. Incus 6.0.4 gives them one hardware address too, so that a machine only reaches
 * its own member's. Later versions give each another, and refuse `bridge.hwaddr` with a tunnel: a machine still uses its own
 * member's, because Linux keeps the first answer to ARP, and that one has the shortest way.
 */
const tunnel = (): Record<string, string> => ({
  [`tunnel.${tunnelName}.protocol`]: "vxlan",
  [`tunnel.${tunnelName}.id`]: String(randomInt(1, 2 ** 24)),
});
