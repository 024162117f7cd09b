import { networkInterfaces } from "node:os";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { overlaps } from "../../lab/cidr.ts";
import type { Lab } from "../../lab/types.ts";
import { type Docker, label, nameTaken } from "./docker.ts";

/** The network of a lab's machines. */
export const networkName = (lab: string): string => `labwright-${lab}`;

/**
 * Addresses for machines that are to be made: each gets that of its place in the lab file, so that one that is made
 * again comes back with the same, or the next that no other machine has.
 */
export function assignAddresses(
  subnet: string,
  places: ReadonlyMap<string, number>,
  taken: Iterable<string>,
): Map<string, string> {
  const used = new Set(taken);
  return new Map(
    [...places].map(([name, place]) => {
      let index = place;
      while (used.has(machineAddress(subnet, index))) index += 1;
      const address = machineAddress(subnet, index);
      used.add(address);
      return [name, address];
    }),
  );
}

/** The n-th machine's address in a network, from .10 on. */
export function machineAddress(subnet: string, index: number): string {
  const [base = "", bits = "24"] = subnet.split("/");
  const start = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const offset = 10 + index;
  if (offset >= 2 ** (32 - Number(bits)) - 1) throw tooSmall(subnet, index + 1);
  const value = start + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** Makes the lab's network where it is missing, and returns its subnet. */
export async function ensureNetwork(docker: Docker, lab: Lab): Promise<string> {
  const name = networkName(lab.name);
  const format = "{{range .IPAM.Config}}{{.Subnet}}{{end}}";
  const [present] = await docker.list(sh`network ls --quiet --filter ${`label=${label.lab}=${lab.name}`}`);
  if (present !== undefined) return docker.run(sh`network inspect --format ${format} ${present}`);
  if (await docker.has("network", name)) throw nameTaken("network", name);
  const subnet = lab.machineSubnet ?? (await freeSubnet(docker, lab));
  await docker.run(sh`network create --subnet ${subnet} --label ${`${label.lab}=${lab.name}`} ${name}`);
  return subnet;
}

/** Networks that two labs, started at the same time, are unlikely to both pick first: the name decides the start. */
function* candidates(name: string): Generator<string> {
  const start = [...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 256, 7);
  for (let i = 0; i < 256; i++) yield `10.89.${(start + i) % 256}.0/24`;
}

async function freeSubnet(docker: Docker, lab: Lab): Promise<string> {
  const { podSubnet, serviceSubnet } = lab.cluster.network;
  const taken = [podSubnet, serviceSubnet, ...(await engineSubnets(docker)), ...ownSubnets()];
  for (const subnet of candidates(lab.name)) {
    if (!taken.some((other) => overlaps(subnet, other))) return subnet;
  }
  throw new LabwrightError({
    code: "no-free-network",
    message: "every network in 10.89.0.0/16 overlaps one that is in use",
    remedy: "name a free one in the lab file: network: { subnet: 192.168.210.0/24 }",
  });
}

async function engineSubnets(docker: Docker): Promise<string[]> {
  const ids = await docker.list(sh`network ls --quiet`);
  const found = await docker.list(
    sh`network inspect --format ${"{{range .IPAM.Config}}{{println .Subnet}}{{end}}"} ${ids}`,
  );
  return found.filter((line) => /^\d+\./.test(line));
}

const ownSubnets = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ family, cidr }) => (family === "IPv4" && cidr ? [cidr] : []));

const tooSmall = (subnet: string, count: number): LabwrightError =>
  new LabwrightError({
    code: "network-too-small",
    message: `the machine network ${subnet} has no room for ${count} machines`,
    remedy: "name a larger one in the lab file, or leave it out",
  });
