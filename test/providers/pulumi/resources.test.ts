import assert from "node:assert/strict";
import { test } from "node:test";
import type { CloudResource } from "../../../src/providers/pulumi/cloud.ts";
import { compared } from "../../../src/providers/pulumi/resources.ts";
import { pendingOf, usable } from "../../../src/providers/pulumi/usable.ts";

const resource = (
  kind: CloudResource["kind"],
  id: string,
  more: Partial<CloudResource> = {},
): CloudResource => ({
  kind,
  id,
  name: id,
  tags: {},
  ...more,
});
const server = (id: string, machine: string, running: boolean): CloudResource =>
  resource("server", id, {
    tags: { "labwright-machine": machine },
    server: { running, publicAddress: undefined, privateAddress: "10.88.0.10" },
  });
/** Its logins were given to it: people may have worked on it. */
const finished = (resource: CloudResource): CloudResource => ({
  ...resource,
  tags: { ...resource.tags, "labwright-logins": "d1gest" },
});
const detached = (resource: CloudResource): CloudResource => ({
  ...resource,
  server: { running: true, publicAddress: "198.51.100.1", privateAddress: undefined },
});
const ids = (resources: readonly CloudResource[]) => resources.map(({ id }) => id);

test("what only the cloud has is adopted under its name in the program, by what the state knows it by", () => {
  const resources = [
    resource("network", "vpc-1"),
    resource("ssh-key", "key-1", { stateId: "labwright-ci" }),
    server("i-1", "cp", true),
  ];
  assert.deepEqual(compared(resources, []), {
    halfMade: [],
    kept: resources,
    adopt: { network: "vpc-1", key: "labwright-ci", cp: "i-1" },
  });
  const state = [
    { name: "network", id: "vpc-1" },
    { name: "key", id: "labwright-ci" },
    { name: "cp", id: "i-1" },
  ];
  assert.deepEqual(compared(resources, state).adopt, {});
});

test("what is half-made is removed, also a server that was never switched on; disks are left to `down`", () => {
  const resources = [
    resource("volume", "vol-1", { halfMade: true }),
    server("i-1", "cp", false),
    server("i-2", "w", false),
    { ...server("i-3", "w2", false), halfMade: true as const },
  ];
  const { halfMade, kept, adopt } = compared(resources, [{ name: "w", id: "i-2" }]);
  assert.deepEqual([ids(halfMade), ids(kept), adopt], [["i-1", "i-3"], ["i-2"], {}]);
});

test("a server without a private address is half-made only if it was never handed over", () => {
  const resources = [detached(server("i-1", "cp", true)), detached(finished(server("i-2", "w", true)))];
  const { halfMade, kept } = compared(resources, []);
  assert.deepEqual([ids(halfMade), ids(kept)], [["i-1"], ["i-2"]]);
});

test("a machine that was handed over is kept although it is off and the state is lost", () => {
  const { halfMade, adopt } = compared([finished(server("i-1", "cp", false))], []);
  assert.deepEqual([halfMade, adopt], [[], { cp: "i-1" }]);
});

test("a second server of a machine is named, and not deleted, if it was handed over", () => {
  const state = [{ name: "cp", id: "i-2" }];
  const twice = (first: CloudResource) => () => compared([first, server("i-2", "cp", true)], state);
  assert.throws(twice(finished(server("i-1", "cp", true))), { code: "server-twice", message: /i-1 and i-2/ });
  assert.deepEqual(ids(twice(server("i-1", "cp", true))().halfMade), ["i-1"]);
});

test("what a killed run has made for a second time is removed, and not adopted over what the state has", () => {
  const resources = [resource("network", "vpc-1"), resource("network", "vpc-2"), server("i-1", "cp", true)];
  const { halfMade, adopt } = compared(resources, [{ name: "network", id: "vpc-2" }]);
  assert.deepEqual([ids(halfMade), adopt], [["vpc-1"], { cp: "i-1" }]);
});

test("a server whose record in the state is of one that is gone is adopted", () => {
  const { adopt } = compared([server("i-2", "cp", true)], [{ name: "cp", id: "i-1" }]);
  assert.deepEqual(adopt, { cp: "i-2" });
});

const never = new AbortController().signal;

test("what the cloud is doing to a server is waited for", async () => {
  const cp = finished(server("i-1", "cp", false));
  const migrating = { ...cp, server: { running: false, publicAddress: "x", privateAddress: "10.88.0.10" } };
  const answers = ["migrating", "migrating", undefined].map((changing): CloudResource[] => [
    { ...migrating, server: { ...migrating.server, ...(changing && { changing }) } },
  ]);
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  await usable(async () => answers.shift() ?? [], { signal: never, note, pause: 1 });
  assert.deepEqual([answers, notes.length, notes[0]], [[], 2, "the server i-1 of cp is migrating; waiting"]);
  const busy: CloudResource[] = [{ ...migrating, server: { ...migrating.server, changing: "rebuilding" } }];
  await assert.rejects(
    usable(async () => busy, { signal: never, note, pause: 1, limit: 5 }),
    { code: "server-busy", message: /i-1 of cp is rebuilding/ },
  );
  assert.deepEqual(pendingOf(busy[0] ?? cp), {
    pending: "is rebuilding in the cloud, and will be waited for",
  });
});

test("a machine that was handed over and is no longer in the lab's network is named", async () => {
  const cp = detached(finished(server("i-1", "cp", true)));
  await assert.rejects(
    usable(async () => [cp], { signal: never, note: () => {} }),
    { code: "server-detached", message: /i-1 of cp/, remedy: /--recreate cp/ },
  );
  assert.match(pendingOf(cp).pending ?? "", /not attached to the lab's network/);
  await usable(async () => [detached(server("i-2", "w", true))], { signal: never, note: () => {} });
});
