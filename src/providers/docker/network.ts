import { isIPv4 } from "node:net";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { endpointIn } from "../../lab/control-plane-endpoint.ts";
import { address6, isDualStack, machineSubnet6 } from "../../lab/ip-families.ts";
import { firstSet, type MachineSet, setName, setOf } from "../../lab/machine-set.ts";
import type { Lab } from "../../lab/types.ts";
import { freeSubnet } from "../machine/subnet.ts";
import { type Docker, label, labelFlags, nameTaken } from "./docker.ts";

/** The network of a lab's machines. */
export const networkName = (set: MachineSet): string => `labwright-${setName(set)}`;

/** The name under which the engine keeps the address of the lab's API server: it gives it to no container. */
const kept = "control-plane-endpoint";

/** Creates the lab's network, with the labels given, if it is missing, and returns its subnet. */
export async function ensureNetwork(
  docker: Docker,
  lab: Lab,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  const name = networkName(lab);
  const isDual = isDualStack(lab.cluster.network);
  const present = await networkId(docker, lab);
  const isMoving = lab.cluster.controlPlaneEndpoint !== undefined;
  if (present !== undefined) {
    if (isMoving) await assertKept(docker, present, name);
    const subnets = await subnetsIn(docker, [present]);
    const subnet = subnets.find(isIPv4Network) ?? "";
    if (isDual && !subnets.includes(machineSubnet6(subnet))) throw withoutIPv6(name);
    return subnet;
  }
  if (await docker.has("network", name)) throw nameTaken("network", name);
  const subnet = lab.machineSubnet ?? (await freeSubnet(lab, await engineSubnets(docker)));
  const keeping = isMoving ? ["--aux-address", `${kept}=${endpointIn(subnet)}`] : [];
  const more = isDual ? ["--ipv6", "--subnet", machineSubnet6(subnet)] : [];
  await docker.run(sh`network create --subnet ${subnet} ${keeping} ${more} ${labelFlags(labels)} ${name}`);
  return subnet;
}

/** The IPv4 subnet of the lab's network; undefined if there is none. */
export async function subnetOf(docker: Docker, lab: MachineSet): Promise<string | undefined> {
  const network = await networkId(docker, lab);
  return network === undefined ? undefined : (await subnetsIn(docker, [network])).find(isIPv4Network);
}

/** The engine's id of a set's network; undefined if there is none. */
async function networkId(docker: Docker, one: MachineSet): Promise<string | undefined> {
  const format = `{{.ID}} {{.Label "${label.set}"}}`;
  const rows = await docker.list(
    sh`network ls --filter ${`label=${label.lab}=${one.name}`} --format ${format}`,
  );
  return rows.map((row) => row.split(" ")).find(([, its]) => (its || firstSet) === setOf(one))?.[0];
}

/** Throws if a network was created for a lab whose API server's address did not move: a container may have the address. */
async function assertKept(docker: Docker, network: string, name: string): Promise<void> {
  const format = `{{range .IPAM.Config}}{{index .AuxiliaryAddresses "${kept}"}}{{end}}`;
  const address = await docker.run(sh`network inspect --format ${format} ${network}`);
  if (isIPv4(address.trim())) return;
  throw new LabwrightError({
    code: "endpoint-not-kept",
    message: `the network ${name} was created without an address for \`cluster.controlPlaneEndpoint\``,
    remedy: "Run `labwright down`, then `labwright up`.",
  });
}

const withoutIPv6 = (name: string): LabwrightError =>
  new LabwrightError({
    code: "network-without-ipv6",
    message: `the network ${name} was created without IPv6, and the lab file has IPv6 in \`cluster.network.ipFamilies\``,
    remedy: "Run `labwright down`, then `labwright up`.",
  });

const isIPv4Network = (subnet: string): boolean => /^\d+\./.test(subnet);

/** The IPv4 subnets of all networks of the engine. */
export const engineSubnets = async (docker: Docker): Promise<string[]> =>
  (await subnetsIn(docker, await docker.list(sh`network ls --quiet`))).filter(isIPv4Network);

const subnetsIn = (docker: Docker, networks: readonly string[]): Promise<string[]> =>
  docker.list(sh`network inspect --format ${"{{range .IPAM.Config}}{{println .Subnet}}{{end}}"} ${networks}`);

/** The `docker create` flags that put a machine at its address; in a network with both families it forwards both. */
export const networkFlags = (lab: Lab, address: string): string[] => [
  ...["--network", networkName(lab), "--ip", address],
  ...(isDualStack(lab.cluster.network) ? ["--ip6", address6(lab, address), ...forwarding6] : []),
];

/** The engine turns IPv6 off for all links of a container but its own. */
const forwarding6 = ["all.disable_ipv6=0", "default.disable_ipv6=0", "all.forwarding=1"].flatMap(
  (setting) => ["--sysctl", `net.ipv6.conf.${setting}`],
);
