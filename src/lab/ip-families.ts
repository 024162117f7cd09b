import { wholeNetwork } from "./cidr.ts";
import type { Cluster, Lab } from "./types.ts";

type ClusterNetwork = Cluster["network"];

/** Networks of a lab's own, which no other computer asks for: kubeadm gives each node a /64 of the pods', RFC 4193. */
const podSubnet6 = "fd00:10:244::/56";
const serviceSubnet6 = "fd00:10:96::/112";

/** Whether pods, Services and nodes have an address of each family. */
export const isDualStack = ({ ipFamilies }: Pick<ClusterNetwork, "ipFamilies">): boolean =>
  ipFamilies?.includes("IPv6") ?? false;

/** The networks of pods and of Services, IPv4 first, as Kubernetes' programs take them. */
export const subnetsOf = (network: ClusterNetwork): Record<"podSubnet" | "serviceSubnet", string[]> => ({
  podSubnet: [network.podSubnet, ...(isDualStack(network) ? [podSubnet6] : [])],
  serviceSubnet: [network.serviceSubnet, ...(isDualStack(network) ? [serviceSubnet6] : [])],
});

/** An IPv4 address as two groups of an IPv6 address. */
function groupsOf(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  return [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(":");
}

const prefixOf = (subnet: string): string => `fd00:${groupsOf(subnet.split("/")[0] ?? "")}`;

/** The IPv6 network that belongs to an IPv4 network of machines: two labs never share one. */
export const machineSubnet6 = (subnet: string): string => `${prefixOf(subnet)}::/64`;

/**
 * The IPv6 address of the machine that has an IPv4 address, in the network that a provider chose or the lab file names. A
 * network that a provider chooses has a prefix of 24 bits.
 */
export const address6 = ({ machineSubnet }: Pick<Lab, "machineSubnet">, address: string): string =>
  `${prefixOf(machineSubnet ?? wholeNetwork(`${address}/24`))}::${groupsOf(address)}`;

/** All addresses of a machine that Kubernetes knows, IPv4 first. */
export const addressesOf = (lab: Lab, address: string): string[] => [
  address,
  ...(isDualStack(lab.cluster.network) ? [address6(lab, address)] : []),
];
