import assert from "node:assert/strict";
import { test } from "node:test";
import type { Thing } from "../../../src/providers/pulumi/cloud.ts";
import { compared } from "../../../src/providers/pulumi/things.ts";

const thing = (kind: Thing["kind"], id: string, more: Partial<Thing> = {}): Thing => ({
  kind,
  id,
  name: id,
  tags: {},
  ...more,
});
const server = (id: string, machine: string, running: boolean): Thing =>
  thing("server", id, {
    tags: { "labwright-machine": machine },
    server: { running, publicAddress: undefined, privateAddress: "10.88.0.10" },
  });
const ids = (things: readonly Thing[]) => things.map(({ id }) => id);

test("what only the cloud has is adopted under its name in the program, by what the state knows it by", () => {
  const things = [
    thing("network", "vpc-1"),
    thing("ssh-key", "key-1", { stateId: "labwright-ci" }),
    server("i-1", "cp", true),
  ];
  assert.deepEqual(compared(things, []), {
    halfMade: [],
    kept: things,
    adopt: { network: "vpc-1", key: "labwright-ci", cp: "i-1" },
  });
  const state = [
    { name: "network", id: "vpc-1" },
    { name: "key", id: "labwright-ci" },
    { name: "cp", id: "i-1" },
  ];
  assert.deepEqual(compared(things, state).adopt, {});
});

test("what is half-made is removed, also a server that was never switched on", () => {
  const things = [
    thing("volume", "vol-1", { halfMade: true }),
    server("i-1", "cp", false),
    server("i-2", "w", false),
  ];
  const { halfMade, kept } = compared(things, [{ name: "w", id: "i-2" }]);
  assert.deepEqual([ids(halfMade), ids(kept)], [["vol-1", "i-1"], ["i-2"]]);
});

test("what a killed run has made for a second time is removed, and not adopted over what the state has", () => {
  const things = [thing("network", "vpc-1"), thing("network", "vpc-2"), server("i-1", "cp", true)];
  const { halfMade, adopt } = compared(things, [{ name: "network", id: "vpc-2" }]);
  assert.deepEqual([ids(halfMade), adopt], [["vpc-1"], { cp: "i-1" }]);
});

test("a server whose record in the state is of one that is gone is adopted", () => {
  const { adopt } = compared([server("i-2", "cp", true)], [{ name: "cp", id: "i-1" }]);
  assert.deepEqual(adopt, { cp: "i-2" });
});
