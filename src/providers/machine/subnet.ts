import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { LabwrightError } from "../../errors.ts";
import { addressAt, overlaps } from "../../lab/cidr.ts";
import { setName } from "../../lab/machine-set.ts";
import type { Lab } from "../../lab/types.ts";

/**
 * An address for each of a lab's machines, and for other existing ones: existing machines keep theirs. Each new
 * one gets that of its place in the lab file, so that a machine that is created again gets the same, or the next that
 * no machine has.
 */
export function assignAddresses(
  subnet: string,
  machines: readonly { name: string }[],
  present: ReadonlyMap<string, string>,
): Map<string, string> {
  const addresses = new Map([...present].filter(([, address]) => address !== ""));
  const used = new Set(addresses.values());
  for (const [place, { name }] of machines.entries()) {
    if (addresses.has(name)) continue;
    let address = machineAddress(subnet, place);
    for (let next = place + 1; used.has(address); next++) address = machineAddress(subnet, next);
    addresses.set(name, address);
    used.add(address);
  }
  return addresses;
}

/** The n-th machine's address in a network, from .10 on. */
export function machineAddress(subnet: string, index: number): string {
  const bits = Number(subnet.split("/")[1] ?? 24);
  if (10 + index >= 2 ** (32 - bits) - 1) throw tooSmall(subnet, index + 1);
  return addressAt(subnet, 10 + index);
}

/** What labs' networks are taken from, unless the lab file names one. */
export const pool = "10.89.0.0/16";

/** Two labs, or two sets, started at the same time, should not both pick the same network first: the name decides the start. */
function* candidates(name: string): Generator<string> {
  const start = [...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 256, 7);
  for (let i = 0; i < 256; i++) yield `${addressAt(pool, ((start + i) % 256) * 256)}/24`;
}

/** Networks for a lab's machines that overlap none of the lab's, of this computer's, and of those that are `taken`. */
export async function freeSubnets(lab: Lab, taken: readonly string[]): Promise<string[]> {
  const { podSubnet, serviceSubnet } = lab.cluster.network;
  const used = [podSubnet, serviceSubnet, ...taken, ...ownSubnets(), ...(await routedSubnets())];
  return [...candidates(setName(lab))].filter((subnet) => !used.some((other) => overlaps(subnet, other)));
}

/** How many more labs like this one can have a network; of those that name their own, at most one. */
export async function networksLeft(lab: Lab, taken: readonly string[]): Promise<number> {
  const { machineSubnet } = lab;
  if (machineSubnet === undefined) return (await freeSubnets(lab, taken)).length;
  return taken.some((other) => overlaps(other, machineSubnet)) ? 0 : 1;
}

/** One of them. Throws `no-free-network`. */
export async function freeSubnet(lab: Lab, taken: readonly string[]): Promise<string> {
  const [subnet] = await freeSubnets(lab, taken);
  if (subnet !== undefined) return subnet;
  throw new LabwrightError({
    code: "no-free-network",
    message: `every /24 network in ${pool} overlaps a network that is in use`,
    remedy: "Set a free one in the lab file: `network: { subnet: 192.168.210.0/24 }`.",
  });
}

const ownSubnets = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ family, cidr }) => (family === "IPv4" && cidr ? [cidr] : []));

/**
 * The networks that this computer has routes to. Node.js leaves out bridges without a carrier, whose machines are
 * stopped: their routes stay. Linux only; elsewhere an engine is in a virtual machine.
 */
const routedSubnets = async (): Promise<string[]> =>
  subnetsIn(await readFile("/proc/net/route", "utf8").catch(() => ""));

/** The networks in proc(5)'s table of routes, except the default: its words are in hexadecimal, in the host's order. */
export const subnetsIn = (table: string): string[] =>
  table
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"))
    .flatMap(([, destination = "", , , , , , mask = ""]) => {
      const prefix = [...mask].reduce((sum, digit) => sum + bitsOf(digit), 0);
      const octets = (destination.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16));
      return prefix === 0 || octets.length !== 4 ? [] : [`${octets.join(".")}/${prefix}`];
    });

/** How many bits of a hexadecimal digit are set. */
const bitsOf = (digit: string): number => Number.parseInt(digit, 16).toString(2).replaceAll("0", "").length;

const tooSmall = (subnet: string, count: number): LabwrightError =>
  new LabwrightError({
    code: "network-too-small",
    message: `the machine network ${subnet} has no room for ${count} machines`,
    remedy: "Set a larger `network.subnet` in the lab file, or remove the setting.",
  });
