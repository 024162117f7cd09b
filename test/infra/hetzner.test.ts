import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type { LabPlan } from "../../src/providers/pulumi/program.ts";

interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const declared: Declared[] = [];
const plan: LabPlan = {
  lab: "ci",
  region: "ash",
  size: "cx23",
  image: "debian-12",
  tags: { "labwright-lab": "ci", "labwright-owner": "me", "labwright-expiry": "20261121T091500Z" },
  network: "10.88.0.0/24",
  publicKey: "ssh-ed25519 AAAA lab",
  openings: [{ what: "SSH", port: "22", from: ["203.0.113.7/32"] }],
  servers: ["cp", "w"].map((machine, index) => ({
    machine,
    name: `labwright-ci-${machine}`,
    privateAddress: `10.88.0.${10 + index}`,
    userData: "#cloud-config\n{}",
    tags: { "labwright-machine": machine },
  })),
  adopt: {},
};

before(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      declared.push({ type, name, inputs });
      return { id: String(declared.length), state: inputs };
    },
    call: () => ({}),
  });
  const { declare } = await import("../../infra/pulumi/hetzner.ts");
  declare(plan);
  // The mocks' engine takes resources in one after the other, as their inputs are known.
  for (let round = 0; round < 200 && declared.length < 7; round++)
    await new Promise((resolve) => setTimeout(resolve, 10));
});

const ofType = (word: string) => declared.filter(({ type }) => type.toLowerCase().includes(`/${word}`));
const labelled = ["network:", "firewall:", "sshkey:", "server:"];

test("a lab is one network with a subnet, one firewall, one key, and a server for each machine", () => {
  assert.deepEqual(declared.map(({ name }) => name).sort(), [
    "ci",
    "cp",
    "firewall",
    "key",
    "network",
    "subnet",
    "w",
  ]);
});

test("everything that can have labels has lab, owner and expiry", () => {
  const all = labelled.flatMap(ofType);
  assert.equal(all.length, 5, declared.map(({ type }) => type).join());
  for (const { name, inputs } of all) {
    const labels = inputs.labels as Record<string, string>;
    for (const [key, value] of Object.entries(plan.tags)) assert.equal(labels[key], value, name);
  }
});

test("the firewall lets in what the plan opens, and nothing else", () => {
  const rules = ofType("firewall:")[0]?.inputs.rules as Record<string, unknown>[];
  assert.deepEqual(
    rules.map(({ direction, protocol, port, sourceIps }) => [direction, protocol, port, sourceIps]),
    [["in", "tcp", "22", ["203.0.113.7/32"]]],
  );
});

test("a server is behind the firewall, on the network with its own address, and knows the lab's key", () => {
  const [cp] = ofType("server:");
  assert.deepEqual(cp?.inputs.networks, [{ networkId: idOf("network"), ip: "10.88.0.10", aliasIps: [] }]);
  assert.deepEqual(cp?.inputs.firewallIds, [idOf("firewall")]);
  assert.deepEqual(cp?.inputs.sshKeys, [String(idOf("key"))]);
  assert.equal(cp?.inputs.location, "ash");
});

test("the subnet is in the zone that the location is in", () => {
  assert.equal(ofType("networksubnet:")[0]?.inputs.networkZone, "us-east");
});

const idOf = (name: string): number => declared.findIndex((one) => one.name === name) + 1;
