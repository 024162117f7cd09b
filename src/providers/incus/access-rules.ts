import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { networksOutside, wholeNetwork } from "../../lab/cidr.ts";
import { pool } from "../machine/subnet.ts";
import { type Incus, label, nameTaken } from "./incus.ts";
import { accessListName, gatewayOf } from "./names.ts";

const rulesSchema = z.array(z.object({ name: z.string(), config: z.record(z.string(), z.string()) }));

const networksSchema = z.array(
  z.object({
    name: z.string(),
    managed: z.boolean(),
    type: z.string(),
    config: z.record(z.string(), z.string()),
  }),
);

const stateSchema = z.object({
  addresses: z.array(z.object({ address: z.string(), family: z.string(), netmask: z.string() })),
});

type Asked = Pick<Incus, "query" | "script" | "run" | "at" | "command">;

/** A network of a lab. */
interface Guarded {
  name: string;
  lab: string;
  subnet: string;
  /** Whether the machines open no connection to the server's own computer either. */
  isolated: boolean;
}

/**
 * Keeps what is in other networks from opening connections to a lab's machines, and these from opening connections to machines of other
 * labs and to Docker's containers. A server forwards between all its bridges otherwise, also where Docker would not. Both sides say so:
 * with iptables, Incus looks only at the rules of one. Networks that Docker makes later are not known.
 * https://linuxcontainers.org/incus/docs/main/howto/network_acls/
 */
export async function ensureAccessRules(
  incus: Asked,
  { name, lab, subnet, isolated }: Guarded,
): Promise<void> {
  const [present, { others, own }] = await Promise.all([
    incus.query("/1.0/network-acls?recursion=1", rulesSchema),
    addressesOn(incus, name),
  ]);
  const elsewhere = [
    ...[pool, ...others.flatMap((one) => networksOutside(one, pool))].flatMap((one) =>
      networksOutside(one, subnet),
    ),
    ...(isolated ? [gatewayOf(subnet), ...own] : []),
  ];
  const list = accessListName(name);
  const old = present.find((one) => one.name === list);
  if (old && old.config[label.lab] !== lab) throw nameTaken("network ACL", list);
  const rules = JSON.stringify({
    description: `who reaches the labwright lab ${lab}`,
    config: { [label.lab]: lab },
    ingress: [{ action: "allow", source: gatewayOf(subnet), state: "enabled" }],
    egress: [{ action: "reject", destination: elsewhere.join(","), state: "enabled" }],
  });
  const verb = old ? "edit" : "create";
  await incus.script(sh`printf %s ${rules} | ${incus.command(sh`network acl ${verb} ${incus.at(list)}`)}`);
  await incus.run(
    sh`network set ${incus.at(name)} ${setting}=${list} ${outwards}=allow ${label.isolated}=${String(isolated)}`,
  );
}

const setting = "security.acls";
const outwards = "security.acls.default.egress.action";

/** Removes what `ensureAccessRules` made. The network goes last: a run that is killed before still finds it. */
export async function removeAccessRules(
  incus: Asked,
  { name, lab }: Pick<Guarded, "name" | "lab">,
): Promise<void> {
  const present = await incus.query("/1.0/network-acls?recursion=1", rulesSchema);
  const list = accessListName(name);
  if (!present.some((one) => one.name === list && one.config[label.lab] === lab)) return;
  // The network may be gone, or not there yet on all members.
  for (const key of [setting, outwards])
    await incus.run(sh`network unset ${incus.at(name)} ${key}`, { accept: "any" });
  await incus.run(sh`network acl delete ${incus.at(list)}`);
}

const noState: z.output<typeof stateSchema> = { addresses: [] };

/** As Docker names the bridges of its networks, unless it is told otherwise. */
const dockerBridge = /^(docker0|br-[0-9a-f]{12})$/;

/**
 * The IPv4 subnets of Incus' other networks and of Docker's on the server, and the server's own addresses. Another bridge may be the
 * way to the world outside.
 */
async function addressesOn(
  incus: Pick<Incus, "query">,
  network: string,
): Promise<{ others: string[]; own: string[] }> {
  const networks = await incus.query("/1.0/networks?recursion=1", networksSchema);
  const ofIncus = networks.flatMap(({ name, config }) =>
    name === network ? [] : (config["ipv4.address"]?.match(/^[\d.]+\/\d+$/) ?? []),
  );
  const states = await Promise.all(
    networks
      .filter(({ managed, type }) => !managed && type !== "loopback")
      .map(async ({ name }) => ({
        isDocker: dockerBridge.test(name),
        // One of Docker's may be gone meanwhile.
        addresses: (
          await incus.query(`/1.0/networks/${name}/state`, stateSchema).catch(() => noState)
        ).addresses
          .filter(({ family }) => family === "inet")
          .map(({ address, netmask }) => ({ address, cidr: `${address}/${netmask}` })),
      })),
  );
  const ofDocker = states.filter(({ isDocker }) => isDocker).flatMap(({ addresses }) => addresses);
  const others = states.filter(({ isDocker }) => !isDocker).flatMap(({ addresses }) => addresses);
  return {
    others: [...ofIncus, ...ofDocker.map(({ cidr }) => cidr)].map(wholeNetwork),
    own: others.map(({ address }) => address),
  };
}
