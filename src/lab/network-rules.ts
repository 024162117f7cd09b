import { freeNetwork, overlaps, prefixOf, sizeOf, wholeNetwork } from "./cidr.ts";
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

/** What others are likely to have on this computer: where providers look for a free network, and Docker's own. */
const inUse = ["10.89.0.0/16", "172.17.0.0/16"];

const usual = {
  pod: { name: "podSubnet", cidr: defaults.podSubnet },
  service: { name: "serviceSubnet", cidr: defaults.serviceSubnet },
  machine: { name: "the machines' network", cidr: "192.168.210.0/24" },
};

/** What is wrong with the networks that no one of them tells alone: overlaps, and too little room. */
export function networkFindings(draft: Draft): Finding[] {
  const known = draft.networks.filter(hasCidr);
  const overlaps = known.flatMap((one, index) =>
    known.slice(index + 1).flatMap((other) => overlap(one, other, known)),
  );
  // The network proposed overlaps none of the others: one finding for a network is enough.
  const once = overlaps.filter(
    ({ path }, index) => overlaps.findIndex((other) => other.path === path) === index,
  );
  return [...once, ...known.flatMap((network) => room(network, draft, known))];
}

type Known = DraftNetwork & { cidr: string };

const hasCidr = (network: DraftNetwork): network is Known => network.cidr !== undefined;

const nameOf = ({ kind, cidr, given }: Known): string =>
  `${usual[kind].name} ${cidr}${given ? "" : " (its default)"}`;

/** Reported at what the file says; where it says both, at the later one. */
function overlap(one: Known, other: Known, all: readonly Known[]): Finding[] {
  if (!overlaps(one.cidr, other.cidr)) return [];
  const [blamed, kept] = other.given ? [other, one] : [one, other];
  const free = propose(blamed, prefixOf(blamed.cidr), all);
  const message = `${nameOf(blamed)} overlaps ${nameOf(kept)}`;
  return [{ path: blamed.path, message, remedy: `use a free network, such as ${free}` }];
}

function room(network: Known, { machines }: Draft, all: readonly Known[]): Finding[] {
  const prefix = prefixOf(network.cidr);
  const wrong = (message: string, wanted: number): Finding[] => {
    const remedy = `use a /${wanted}, such as ${propose(network, wanted, all)}`;
    return [{ path: network.path, message: `${nameOf(network)} ${message}`, remedy }];
  };
  if (network.kind === "service") {
    const { widest, narrowest } = servicePrefixes;
    if (prefix < widest) return wrong(`is larger than Kubernetes takes, a /${widest}`, widest);
    return prefix > narrowest
      ? wrong(`has room for ${sizeOf(network.cidr)} addresses, too few for services`, 24)
      : [];
  }
  if (network.kind === "pod") {
    if (prefix < widestPods) return wrong(`is larger than kubeadm takes, a /${widestPods}`, 16);
    const nodes = machines && nodeCount(machines);
    const has = prefix > nodePrefix ? 0 : 2 ** (nodePrefix - prefix);
    if (nodes === undefined || has >= nodes) return [];
    return wrong(
      `has room for ${has} nodes, a /${nodePrefix} for each, and the lab has ${nodes}`,
      prefixFor(nodes * 256),
    );
  }
  const count = machines?.reduce((sum, { size = 0 }) => sum + size, 0) ?? 0;
  const has = Math.max(0, sizeOf(network.cidr) - keptAddresses);
  if (has >= count) return [];
  const message = `has room for ${has} machines, from its tenth address on, and the lab has ${count}`;
  return wrong(message, Math.min(24, prefixFor(count + keptAddresses)));
}

/** The prefix length of the smallest network with so many addresses. */
const prefixFor = (addresses: number): number => 32 - Math.ceil(Math.log2(addresses));

/** A network of that prefix length that is free: the one there is, widened or narrowed, the usual one, or the first. */
function propose(network: Known, prefix: number, all: readonly Known[]): string {
  const taken = [...inUse, ...all.filter((other) => other !== network).map(({ cidr }) => cidr)];
  const fallback = usual[network.kind].cidr;
  const wishes = [network.cidr, fallback].map((cidr) => wholeNetwork(`${cidr.split("/")[0]}/${prefix}`));
  const free = wishes.find((cidr) => !taken.some((other) => overlaps(cidr, other)));
  return free ?? freeNetwork(prefix, taken) ?? freeNetwork(prefixOf(fallback), taken) ?? fallback;
}
