import assert from "node:assert/strict";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { capacityOf } from "../../src/providers/incus/capacity.ts";
import { Incus } from "../../src/providers/incus/incus.ts";
import type { Member } from "../../src/providers/incus/members.ts";

const gibibyte = 2 ** 30;

const member = (name: string, status = "Online"): Member => ({
  ...{ name, status, address: "192.0.2.1" },
  target: name === "none" ? [] : ["--target", name],
});

/** A server that answers at paths; another one is an error. */
function server(answers: Readonly<Record<string, unknown>>): Incus {
  class Fake extends Incus {
    override query: Incus["query"] = async (path, schema) => schema.parse(answers[path]);
  }
  return new Fake(localHost(), { remote: "far" });
}

const resources = (cpus: number, used: number) => ({
  cpu: { total: cpus },
  memory: { total: 8 * gibibyte, used: used * gibibyte },
});
const space = (used: number) => ({ space: { total: 100 * gibibyte, used: used * gibibyte } });
const pools = [
  { name: "default", driver: "dir", status: "Created" },
  { name: "labwright", driver: "btrfs", status: "Created" },
];

test("a cluster has what its members have left that answer", async () => {
  const incus = server({
    "/1.0/storage-pools?recursion=1": pools,
    "/1.0/resources?target=a": resources(4, 3),
    "/1.0/resources?target=b": resources(2, 1),
    "/1.0/storage-pools/labwright/resources?target=a": space(90),
    "/1.0/storage-pools/labwright/resources?target=b": space(40),
  });
  const members = [member("a"), member("b"), member("c", "Offline")];
  const { least, ...capacity } = await capacityOf({ incus, own: false, members });
  assert.deepEqual(capacity, {
    ...{ place: "the Incus cluster", cpus: 6, memory: 12 * 1024 },
    disk: { folder: "the storage pool labwright", free: 70 * 1024 },
  });
  assert.equal(typeof least, "function");
});

test("of a server without a pool for machines, the disk is not known", async () => {
  const incus = server({
    "/1.0/storage-pools?recursion=1": pools.slice(0, 1),
    "/1.0/resources": resources(4, 3),
  });
  const { least: _, ...capacity } = await capacityOf({ incus, own: false, members: [member("none")] });
  assert.deepEqual(capacity, { place: "the Incus server far", cpus: 4, memory: 5 * 1024 });
});
