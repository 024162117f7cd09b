import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { localHost } from "../../hosts/local.ts";
import { sh } from "../../hosts/sh.ts";
import type { Lab } from "../../lab/types.ts";
import { freeSubnet, hostAddress } from "../shared/subnet.ts";
import { type Incus, label, nameTaken } from "./incus.ts";
import { networkName } from "./names.ts";

const networksSchema = z.array(z.object({ name: z.string(), config: z.record(z.string(), z.string()) }));

export interface Network {
  name: string;
  subnet: string;
}

/** The networks of a lab, by label. */
export async function networksOf(incus: Incus, lab: string): Promise<Network[]> {
  const all = await incus.query("/1.0/networks?recursion=1", networksSchema);
  return all.flatMap(({ name, config }) =>
    config[label.lab] === lab ? [{ name, subnet: config[label.subnet] ?? "" }] : [],
  );
}

/** The address of a network's own side of it: where its machines send what goes elsewhere. */
export const gatewayOf = (subnet: string): string => hostAddress(subnet, 1);

/**
 * Makes the lab's network where it is missing: a bridge with translation to the outside. The machines' addresses are
 * fixed, so that no server for addresses and names runs on it.
 */
export async function ensureNetwork(incus: Incus, lab: Lab): Promise<Network> {
  const [listed] = await networksOf(incus, lab.name);
  const present = listed && (await standing(incus, listed));
  if (listed && !present) await removeNetwork(incus, listed);
  const network = present ?? (await createNetwork(incus, lab));
  if (incus.remote === undefined) await passDocker(network.name);
  return network;
}

/** Of an instance that has just gone the bridge may still list an interface, which is then not there to be deleted. */
export const removeNetwork = (incus: Incus, { name }: Network): Promise<void> =>
  incus.remove(sh`network delete ${incus.at(name)}`, /children interfaces/i);

/** How long the server may take for a bridge that it lists already, in seconds. */
const patience = 15;

/**
 * A network whose bridge is there. The server lists one before it makes the bridge, so that a run that was cut off
 * leaves one that comes soon, or never.
 */
async function standing(incus: Incus, network: Network): Promise<Network | undefined> {
  for (const end = Date.now() + patience * 1000; Date.now() < end; await sleep(300)) {
    const state = sh`query ${incus.at(`/1.0/networks/${network.name}/state`)}`;
    if ((await incus.run(state, { accept: "any" })) !== "") return network;
  }
  return undefined;
}

async function createNetwork(incus: Incus, lab: Lab): Promise<Network> {
  const name = networkName(lab.name);
  const others = await incus.query("/1.0/networks?recursion=1", networksSchema);
  if (others.some((other) => other.name === name)) throw nameTaken("network", name);
  const taken = others.flatMap(({ config }) => config["ipv4.address"]?.match(/^[\d.]+\/\d+$/) ?? []);
  const subnet = lab.machineSubnet ?? freeSubnet(lab, taken);
  const address = `${gatewayOf(subnet)}/${subnet.split("/")[1]}`;
  const config = {
    "ipv4.address": address,
    "ipv4.nat": "true",
    "ipv4.dhcp": "false",
    "ipv6.address": "none",
    "dns.mode": "none",
    [label.lab]: lab.name,
    [label.subnet]: subnet,
  };
  const words = Object.entries(config).map(([key, value]) => `${key}=${value}`);
  await incus.run(
    sh`network create ${incus.at(name)} --type bridge --description ${`labwright lab ${lab.name}`} ${words}`,
  );
  return { name, subnet };
}

/**
 * Docker drops what is forwarded and not its own, also between machines of one bridge where the kernel filters
 * bridges (net.bridge.bridge-nf-call-iptables). Its chain DOCKER-USER is the place to say otherwise.
 */
async function passDocker(network: string): Promise<void> {
  await localHost().run(
    sh`command -v iptables && iptables -w -n -L DOCKER-USER || exit 0
    for side in -i -o; do
      iptables -w -C DOCKER-USER $side ${network} -m comment --comment labwright -j ACCEPT ||
        iptables -w -I DOCKER-USER $side ${network} -m comment --comment labwright -j ACCEPT
    done`,
    { accept: "any" },
  );
}

/** Takes away what `passDocker` said. */
export async function forgetDocker(network: string): Promise<void> {
  await localHost().run(
    sh`command -v iptables || exit 0
    for side in -i -o; do
      while iptables -w -D DOCKER-USER $side ${network} -m comment --comment labwright -j ACCEPT; do :; done
    done`,
    { accept: "any" },
  );
}
