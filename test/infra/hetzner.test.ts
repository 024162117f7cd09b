import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Declared, declaredBy, named, plan, tags } from "./declared.ts";

const names = ["ci", "cp", "firewall", "key", "network", "subnet", "w"];
let declared: Declared[];
let adopting: Declared[];

before(async () => {
  const { HetznerLab } = await import("../../infra/pulumi/hetzner.ts");
  declared = await declaredBy((options) => new HetznerLab(plan, options), names);
  const adopt = { network: "71", cp: "72" };
  adopting = await declaredBy((options) => new HetznerLab({ ...plan, adopt }, options), names);
});

const inputs = (name: string) => named(declared, name).inputs;

test("a lab is one network with a subnet, one firewall, one key, and a server for each machine", () => {
  assert.deepEqual(declared.map(({ type, name }) => `${name} ${type}`).sort(), [
    "ci labwright:hetzner:Lab",
    "cp hcloud:index/server:Server",
    "firewall hcloud:index/firewall:Firewall",
    "key hcloud:index/sshKey:SshKey",
    "network hcloud:index/network:Network",
    "subnet hcloud:index/networkSubnet:NetworkSubnet",
    "w hcloud:index/server:Server",
  ]);
});

test("everything that can have labels has lab, owner and expiry", () => {
  for (const name of ["network", "firewall", "key", "cp", "w"])
    assert.partialDeepStrictEqual(inputs(name).labels, tags, name);
  assert.partialDeepStrictEqual(inputs("cp").labels, { "labwright-machine": "cp" });
});

test("the firewall lets in what the plan opens, and nothing else", () => {
  const rules = inputs("firewall").rules as Record<string, unknown>[];
  assert.deepEqual(
    rules.map(({ direction, protocol, port, sourceIps }) => [direction, protocol, port, sourceIps]),
    [
      ["in", "tcp", "22", ["203.0.113.7/32"]],
      ["in", "tcp", "30000-32767", ["0.0.0.0/0"]],
    ],
  );
});

test("a server is behind the firewall, on the network with its own address, and knows the lab's key", () => {
  const cp = inputs("cp");
  assert.deepEqual(cp.networks, [{ networkId: Number(idOf("network")), ip: "10.88.0.10", aliasIps: [] }]);
  assert.deepEqual(cp.firewallIds, [Number(idOf("firewall"))]);
  assert.deepEqual(cp.sshKeys, [idOf("key")]);
  assert.equal(cp.location, "somewhere");
});

test("the subnet is in the zone that the location is in", () => {
  assert.equal(inputs("subnet").networkZone, "somewhere-b");
});

test("user data is a secret, whose change replaces nothing", () => {
  const cp = named(declared, "cp");
  assert.deepEqual(cp.secret, ["userData"]);
  assert.ok(cp.ignored.includes("userData"));
});

test("what the cloud has already is taken in just as it is; the rest is made", () => {
  const adopted = adopting.flatMap(({ name, adopted }) => (adopted === undefined ? [] : [[name, adopted]]));
  assert.deepEqual(Object.fromEntries(adopted), { network: "71", cp: "72" });
  const { ignored, inputs } = named(adopting, "cp");
  for (const input of Object.keys(inputs)) assert.ok(ignored.includes(input), input);
  assert.equal(named(adopting, "w").ignored.includes("labels"), false);
});

const idOf = (name: string): string => String(declared.findIndex((one) => one.name === name) + 1);
