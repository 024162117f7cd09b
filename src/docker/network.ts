import { z } from "zod";
import { type Command, sh } from "../hosts/sh.ts";
import { wholeNetwork } from "../lab/cidr.ts";

const octet = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const ipv4 = `${octet}(\\.${octet}){3}`;
const address = z.string().regex(new RegExp(`^${ipv4}$`), "an IPv4 address is expected");

/** A network as people write it: host bits may be set, which the engine from 25 on refuses, and which have no meaning. */
const network = z.string().regex(new RegExp(`^${ipv4}/(3[0-2]|[12]?\\d)$`), "an IPv4 network is expected");

/** The names that the engine accepts: https://docs.docker.com/reference/cli/docker/network/create/ */
export const dockerName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "a name has letters, digits, _ . and -, a letter or digit first");

/** IFNAMSIZ is 16 with its final NUL; `eth0.10` is VLAN 10 of eth0. */
const interfaceName = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,14}$/, "an interface has a name of at most 15 characters");

const word = z
  .string()
  .max(1000)
  .regex(/^[^\0\n]*$/, "it must be on one line");
const key = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_./-]*$/, "letters, digits, _ . / and - are expected");

const modes = {
  bridge: [] as string[],
  macvlan: ["bridge", "private", "vepa", "passthru"],
  ipvlan: ["l2", "l3", "l3s"],
};

export const networkSchema = z
  .strictObject({
    network: dockerName.describe("The name of the network."),
    driver: z.enum(["bridge", "macvlan", "ipvlan"]).default("bridge").describe("The network's driver."),
    subnet: network.optional().describe("The subnet, such as 172.28.0.0/24."),
    ipRange: network.optional().describe("The part of the subnet that containers get addresses from."),
    gateway: address.optional().describe("The address of the gateway."),
    auxAddresses: z.record(key, address).default({}).describe("Addresses that no container gets, by name."),
    parent: interfaceName
      .optional()
      .describe("The interface, or VLAN subinterface, that a macvlan or ipvlan network is on."),
    mode: z
      .string()
      .optional()
      .describe("macvlan: bridge, private, vepa or passthru; ipvlan: l2, l3 or l3s."),
    internal: z.boolean().optional().describe("Whether the network has no way to other networks."),
    labels: z.record(key, word).default({}).describe("Labels of the network."),
    options: z.record(key, word).default({}).describe("Further options of the driver."),
    host: z
      .strictObject({
        interface: interfaceName.describe("The name of that interface."),
        address: network.describe("Its address with the prefix, such as 172.28.0.250/24."),
      })
      .optional()
      .describe(
        "macvlan: an interface of the machine on the network, because the machine and its containers do not reach each other otherwise.",
      ),
  })
  .superRefine(({ driver, parent, mode, host, subnet, ...rest }, context) => {
    const fail = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (driver === "bridge" && parent !== undefined) fail("parent", "a bridge has no parent");
    if (mode !== undefined && !modes[driver].includes(mode))
      fail("mode", `${driver} knows the modes ${modes[driver].join(", ") || "none"}`);
    if (driver !== "macvlan" && host) fail("host", "only a macvlan network has an interface for its host");
    const within = rest.ipRange ?? rest.gateway ?? Object.values(rest.auxAddresses)[0];
    if (within !== undefined && subnet === undefined)
      fail("subnet", "with ipRange, gateway or auxAddresses it is needed");
  });

export type NetworkParams = z.output<typeof networkSchema>;

/** The fields of `docker network inspect` that are read. */
export interface InspectedNetwork {
  Name: string;
  Driver: string;
  Internal: boolean;
  IPAM: {
    Config:
      | {
          Subnet?: string;
          IPRange?: string;
          Gateway?: string;
          AuxiliaryAddresses?: Record<string, string> | null;
        }[]
      | null;
  };
  Options: Record<string, string> | null;
  Labels: Record<string, string> | null;
}

/** The bridges that an engine makes for its networks, and the loopback interface. */
const enginesOwn = /^(lo|docker0|docker_gwbridge|br-[0-9a-f]{12})$/;

const sameNetwork = (one: string | undefined, other: string): boolean => {
  try {
    return one !== undefined && wholeNetwork(one) === wholeNetwork(other);
  } catch {
    return false;
  }
};

const same = (one: string | undefined, other: string): boolean => one === other;

/** The differences between a network and the parameters, by meaning; parameters that are not given are not compared. */
export function networkDifferences(found: InspectedNetwork, wanted: NetworkParams): string[] {
  const differences: string[] = [];
  const compare = (
    what: string,
    is: string | undefined,
    should: string | undefined,
    equal: (one: string | undefined, other: string) => boolean = same,
  ): void => {
    if (should === undefined || equal(is, should)) return;
    differences.push(`${wanted.network}: ${what} is ${is || "not set"}, expected is ${should}`);
  };
  const options = found.Options ?? {};
  const pools = found.IPAM.Config ?? [];
  const pool =
    pools.find(({ Subnet }) => wanted.subnet !== undefined && sameNetwork(Subnet, wanted.subnet)) ?? pools[0];
  compare("driver", found.Driver, wanted.driver);
  compare("subnet", pool?.Subnet, wanted.subnet, sameNetwork);
  compare("ip-range", pool?.IPRange, wanted.ipRange, sameNetwork);
  compare("gateway", pool?.Gateway, wanted.gateway);
  for (const [name, address] of Object.entries(wanted.auxAddresses))
    compare(`auxiliary address ${name}`, pool?.AuxiliaryAddresses?.[name], address);
  const further = pools.filter((one) => one !== pool).map(({ Subnet }) => Subnet ?? "without an address");
  if (wanted.subnet !== undefined && further.length > 0)
    differences.push(`${wanted.network}: there are further subnets (${further.join(", ")}), expected is one`);
  compare("parent", options.parent, wanted.parent);
  const { parent } = options;
  if (wanted.parent === undefined && parent !== undefined && enginesOwn.test(parent))
    differences.push(
      `${wanted.network}: parent is ${parent}, which is not an interface on the machine's network`,
    );
  if (found.Driver === wanted.driver)
    compare("mode", options[`${wanted.driver}_mode`] ?? modes[wanted.driver][0], wanted.mode);
  compare("internal", String(found.Internal), wanted.internal?.toString());
  for (const [name, value] of Object.entries(wanted.options)) compare(`option ${name}`, options[name], value);
  for (const [name, value] of Object.entries(wanted.labels))
    compare(`label ${name}`, found.Labels?.[name], value);
  return differences;
}

/** The arguments of `docker network create`, without the parent that is found on the machine. */
export function createArguments(wanted: NetworkParams): string[] {
  const { driver, subnet, ipRange, gateway, auxAddresses, parent, mode, internal, labels, options } = wanted;
  const flags = (name: string, values: Record<string, string>) =>
    Object.entries(values).flatMap(([one, value]) => [name, `${one}=${value}`]);
  return [
    ...["--driver", driver],
    ...(subnet === undefined ? [] : ["--subnet", wholeNetwork(subnet)]),
    ...(ipRange === undefined ? [] : ["--ip-range", wholeNetwork(ipRange)]),
    ...(gateway === undefined ? [] : ["--gateway", gateway]),
    ...flags("--aux-address", auxAddresses),
    ...(parent === undefined ? [] : ["--opt", `parent=${parent}`]),
    ...(mode === undefined ? [] : ["--opt", `${driver}_mode=${mode}`]),
    ...(internal ? ["--internal"] : []),
    ...flags("--opt", options),
    ...flags("--label", labels),
  ];
}

/** Removes a network if it exists; containers on it stay, without it. */
export const removeNetwork = (name: string): Command => sh`
  if docker network inspect ${name} >/dev/null 2>&1; then
    docker network inspect --format '{{range .Containers}}{{println .Name}}{{end}}' ${name} |
      while read -r one; do [ -z "$one" ] || docker network disconnect --force ${name} "$one"; done
    docker network rm ${name} >/dev/null
  fi`;
