import assert from "node:assert/strict";
import { test } from "node:test";
import { ensureAccessRules } from "../../src/providers/incus/access-rules.ts";
import type { Engine } from "../../src/providers/incus/engine.ts";
import type { Incus } from "../../src/providers/incus/incus.ts";

const state = (address: string) => ({
  addresses: [
    { address, family: "inet", netmask: "16" },
    { address: "fe80::1", family: "inet6", netmask: "64" },
  ],
});

/** A server with two labs' networks, Docker's, and a bridge that leads outside. */
const answers = (config: Record<string, string>): Record<string, unknown> => ({
  "/1.0/networks?recursion=1": [
    { name: "lo", managed: false, type: "loopback", config: {} },
    { name: "lw-a", managed: true, type: "bridge", config: { "ipv4.address": "10.89.1.1/24", ...config } },
    { name: "lw-b", managed: true, type: "bridge", config: { "ipv4.address": "10.89.2.1/24" } },
    {
      name: "incusbr0",
      managed: true,
      type: "bridge",
      config: { "ipv4.address": "10.20.0.1/24", "ipv6.address": "none" },
    },
    { name: "plain", managed: true, type: "bridge", config: { "ipv4.address": "none" } },
    { name: "br0", managed: false, type: "bridge", config: {} },
    { name: "docker0", managed: false, type: "bridge", config: {} },
    { name: "br-0123456789ab", managed: false, type: "bridge", config: {} },
  ],
  "/1.0/networks/br0/state": state("192.0.2.7"),
  "/1.0/networks/docker0/state": state("172.17.0.1"),
  "/1.0/networks/br-0123456789ab/state": state("172.18.0.1"),
});

interface There {
  isolated?: boolean;
  /** What the network lw-a is configured with already. */
  config?: Record<string, string>;
  members?: Engine["members"];
}

/** What a server that has some lists is told for the network lw-a. */
async function told(
  lists: readonly unknown[],
  { isolated = false, config = {}, members = [] }: There = {},
): Promise<{ rules: Record<string, unknown>; ran: string[] }> {
  const ran: string[] = [];
  const note = async (command: unknown) => String(ran.push(String(command)));
  const incus: Pick<Incus, "query" | "script" | "run" | "at" | "command"> = {
    query: async (path, schema) =>
      schema.parse(path.startsWith("/1.0/network-acls") ? lists : answers(config)[path]),
    ...{ script: note, run: note },
    at: (name) => `local:${name}`,
    command: (command) => command,
  };
  await ensureAccessRules({ incus, members }, { name: "lw-a", lab: "a", subnet: "10.89.1.0/24", isolated });
  const [, json = "{}"] = /printf %s '(.*)' \|/.exec(ran[0] ?? "") ?? [];
  return { rules: JSON.parse(json), ran };
}

test("only the server reaches a lab's machines, and these reach no other lab, no other network and none of Docker's", async () => {
  const { rules, ran } = await told([]);
  assert.deepEqual(rules.ingress, [{ action: "allow", source: "10.89.1.1", state: "enabled" }]);
  const [egress] = rules.egress as { action: string; destination: string }[];
  assert.equal(egress?.action, "reject");
  assert.deepEqual(egress?.destination.split(","), [
    ...["10.89.0.0/24", "10.89.2.0/23", "10.89.4.0/22", "10.89.8.0/21", "10.89.16.0/20", "10.89.32.0/19"],
    ...["10.89.64.0/18", "10.89.128.0/17", "10.20.0.0/24", "172.17.0.0/16", "172.18.0.0/16"],
  ]);
  assert.match(ran[0] ?? "", /network acl create local:lw-a/);
  assert.equal(
    ran[1],
    "network set local:lw-a security.acls=lw-a security.acls.default.egress.action=allow user.labwright.isolated=false",
  );
});

test("machines of an isolated lab do not reach the server's computer either", async () => {
  const { rules, ran } = await told([], { isolated: true });
  const [egress] = rules.egress as { destination: string }[];
  assert.deepEqual(egress?.destination.split(",").slice(-2), ["10.89.1.1", "192.0.2.7"]);
  assert.match(ran[1] ?? "", /user\.labwright\.isolated=true$/);
});

test("an own list is brought up to date, and another's is left alone", async () => {
  const { ran } = await told([{ name: "lw-a", config: { "user.labwright.lab": "a" } }]);
  assert.match(ran[0] ?? "", /network acl edit local:lw-a/);
  await assert.rejects(told([{ name: "lw-a", config: {} }]), {
    code: "name-taken",
    message: /network ACL "lw-a"/,
  });
});

test("a correct list is not written again, and a wrong one is corrected only while all members answer", async () => {
  const { rules } = await told([]);
  const listed = [{ name: "lw-a", config: { "user.labwright.lab": "a" }, ...rules }];
  const config = {
    "security.acls": "lw-a",
    "security.acls.default.egress.action": "allow",
    "user.labwright.isolated": "false",
  };
  const members = [{ name: "m2", target: ["--target", "m2"], address: undefined, status: "Offline" }];
  assert.deepEqual((await told(listed, { config, members })).ran, []);
  const offline = { code: "member-offline", message: /who reaches the machines while .*m2 is offline/ };
  await assert.rejects(told(listed, { members }), offline);
  await assert.rejects(told(listed, { config, members, isolated: true }), offline);
  await assert.rejects(told([], { config, members }), offline);
  assert.match((await told(listed)).ran[0] ?? "", /network acl edit/);
});
