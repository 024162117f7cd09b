import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { networksOutside, wholeNetwork } from "../../lab/cidr.ts";
import { pool } from "../machine/subnet.ts";
import type { Engine } from "./engine.ts";
import { type Incus, label, nameTaken } from "./incus.ts";
import { assertAnswer } from "./members.ts";
import { accessListName, gatewayOf } from "./names.ts";

const ruleSchema = z.object({
  action: z.string(),
  source: z.string().optional(),
  destination: z.string().optional(),
  state: z.string(),
});

const listsSchema = z.array(
  z.object({
    name: z.string(),
    config: z.record(z.string(), z.string()),
    ingress: z.array(ruleSchema).nullish(),
    egress: z.array(ruleSchema).nullish(),
  }),
);

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

interface AskedEngine extends Pick<Engine, "members"> {
  incus: Asked;
}

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
 * with iptables, Incus looks only at the rules of one. Networks that Docker makes later are not known. Throws `member-offline` if there is
 * something to change while a member of a cluster does not answer.
 * https://linuxcontainers.org/incus/docs/main/howto/network_acls/
 */
export async function ensureAccessRules(
  { incus, members }: AskedEngine,
  { name, lab, subnet, isolated }: Guarded,
): Promise<void> {
  const [present, { others, own, config }] = await Promise.all([
    incus.query("/1.0/network-acls?recursion=1", listsSchema),
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
  const rules = {
    ingress: [{ action: "allow", source: gatewayOf(subnet), state: "enabled" }],
    egress: [{ action: "reject", destination: elsewhere.join(","), state: "enabled" }],
  };
  const settings = { [setting]: list, [outwards]: "allow", [label.isolated]: String(isolated) };
  const isListed = old && isDeepStrictEqual({ ingress: old.ingress, egress: old.egress }, rules);
  if (isListed && Object.entries(settings).every(([key, value]) => config[key] === value)) return;
  assertAnswer(members, "cannot change who reaches the machines");
  const text = JSON.stringify({
    description: `who reaches the labwright lab ${lab}`,
    config: { [label.lab]: lab },
    ...rules,
  });
  const verb = old ? "edit" : "create";
  await incus.script(sh`printf %s ${text} | ${incus.command(sh`network acl ${verb} ${incus.at(list)}`)}`);
  const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  await incus.run(sh`network set ${incus.at(name)} ${words}`);
}

const setting = "security.acls";
const outwards = "security.acls.default.egress.action";

/** Removes what `ensureAccessRules` made. The network goes last: a run that is killed before still finds it. */
export async function removeAccessRules(
  incus: Asked,
  { name, lab }: Pick<Guarded, "name" | "lab">,
): Promise<void> {
  const present = await incus.query("/1.0/network-acls?recursion=1", listsSchema);
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
 * The IPv4 subnets of Incus' other networks and of Docker's on the server, the server's own addresses, and how the network itself is
 * configured. Another bridge may be the way to the world outside.
 */
async function addressesOn(
  incus: Pick<Incus, "query">,
  network: string,
): Promise<{ others: string[]; own: string[]; config: Record<string, string> }> {
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
    config: networks.find(({ name }) => name === network)?.config ?? {},
  };
}
