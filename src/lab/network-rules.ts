import { freeNetwork, isPrivate, overlaps, prefixOf, sizeOf, wholeNetwork } from "./cidr.ts";
import { type Draft, type DraftNetwork, nodeCount } from "./draft.ts";
import type { Finding } from "./finding.ts";
import { defaults } from "./schema.ts";

/** The controller manager gives each node a network of this prefix length (--node-cidr-mask-size-ipv4, default 24). */
const nodePrefix = 24;

/** kubeadm takes at most 2^16 node networks in the pod network (ValidatePodSubnetNodeMask). */
const widestPods = nodePrefix - 16;

/** The API server takes at most 2^20 service addresses, kubeadm at least ten (MinimumAddressesInServiceSubnet). */
const servicePrefixes = { widest: 12, narrowest: 28 };

/** A provider's machines begin at the tenth address of their network; the last one is for broadcasts. */
const keptAddresses = 11;

/** Networks that are likely in use on this computer: where providers look for a free one, and Docker's own. */
const inUse = ["10.89.0.0/16", "172.17.0.0/16"];

const usual = {
  pod: { name: "podSubnet", cidr: defaults.podSubnet },
  service: { name: "serviceSubnet", cidr: defaults.serviceSubnet },
  machine: { name: "the machines' network", cidr: "192.168.210.0/24" },
};

/** What is wrong with the networks together: overlaps, and too little room. */
export function networkFindings(draft: Draft): Finding[] {
  const known = draft.networks.filter(hasCidr);
  // Reported at values in the file rather than at defaults, and then at the later of two.
  const ordered = [...known.filter(({ given }) => !given), ...known.filter(({ given }) => given)];
  const judged = ordered.map((network, index) => {
    const flaws = [clash(network, ordered.slice(0, index)), room(network, draft)];
    return { network, flaws: flaws.filter((flaw) => flaw !== undefined) };
  });
  const staying = judged.filter(({ flaws }) => flaws.length === 0).map(({ network }) => network.cidr);
  return judged.flatMap(({ network, flaws }) => {
    if (flaws.length === 0) return [];
    const prefix = flaws.find((flaw) => flaw.prefix !== undefined)?.prefix ?? prefixOf(network.cidr);
    const others = known.filter((other) => other !== network).map(({ cidr }) => cidr);
    // If possible also free of the others' current networks, as a proposal may not be followed.
    const cidr = propose(network, prefix, [...others, ...staying]) ?? propose(network, prefix, staying);
    if (cidr !== undefined) staying.push(cidr);
    const remedy = cidr === undefined ? "make the other networks smaller" : `use another, such as ${cidr}`;
    return flaws.map(({ message }) => ({ path: network.path, message, remedy }));
  });
}

type Known = DraftNetwork & { cidr: string };

/** An error, and the prefix length that would be right. */
interface NetworkFlaw {
  message: string;
  prefix?: number;
}

const hasCidr = (network: DraftNetwork): network is Known => network.cidr !== undefined;

const nameOf = ({ kind, cidr, given }: Known): string =>
  `${usual[kind].name} ${cidr}${given ? "" : " (its default)"}`;

function clash(network: Known, before: readonly Known[]): NetworkFlaw | undefined {
  const other = before.find(({ cidr }) => overlaps(cidr, network.cidr));
  return other && { message: `${nameOf(network)} overlaps ${nameOf(other)}` };
}

function room(network: Known, { machines }: Draft): NetworkFlaw | undefined {
  const prefix = prefixOf(network.cidr);
  const name = nameOf(network);
  if (network.kind === "service") return serviceRoom(name, prefix);
  if (network.kind === "pod") {
    if (prefix < widestPods)
      return { message: `${name} is larger than kubeadm takes, a /${widestPods}`, prefix: 16 };
    const nodes = machines && nodeCount(machines);
    const has = prefix > nodePrefix ? 0 : 2 ** (nodePrefix - prefix);
    if (nodes === undefined || has >= nodes) return undefined;
    const message = `${name} has room for ${has} nodes, a /${nodePrefix} for each, and the lab has ${nodes}`;
    return { message, prefix: prefixFor(nodes * 2 ** (32 - nodePrefix)) };
  }
  if (machines === undefined || machines.some(({ size }) => size === undefined)) return undefined;
  const count = machines.reduce((sum, { size = 0 }) => sum + size, 0);
  const has = Math.max(0, sizeOf(network.cidr) - keptAddresses);
  if (has >= count) return undefined;
  const message = `${name} has room for ${has} machines, from its tenth address on, and the lab has ${count}`;
  return { message, prefix: Math.min(24, prefixFor(count + keptAddresses)) };
}

function serviceRoom(name: string, prefix: number): NetworkFlaw | undefined {
  const { widest, narrowest } = servicePrefixes;
  if (prefix < widest)
    return { message: `${name} is larger than Kubernetes takes, a /${widest}`, prefix: widest };
  if (prefix <= narrowest) return undefined;
  return {
    message: `${name} has room for ${2 ** (32 - prefix)} addresses, too few for services`,
    prefix: 24,
  };
}

/** The prefix length of the smallest network with so many addresses. */
const prefixFor = (addresses: number): number => 32 - Math.ceil(Math.log2(addresses));

/**
 * Returns a free private network with that prefix length, or with the next longer one that is free. Prefers the network
 * in the lab file, widened or narrowed, then the default network, then the first free one.
 */
function propose(network: Known, prefix: number, others: readonly string[]): string | undefined {
  const taken = [...inUse, ...others];
  const bases = [network.cidr, usual[network.kind].cidr].map((cidr) => cidr.split("/")[0]);
  const isFree = (cidr: string): boolean => isPrivate(cidr) && !taken.some((other) => overlaps(cidr, other));
  for (let length = prefix; length <= Math.max(prefix, 24); length++) {
    const free =
      bases.map((base) => wholeNetwork(`${base}/${length}`)).find(isFree) ?? freeNetwork(length, taken);
    if (free !== undefined) return free;
  }
  return undefined;
}
