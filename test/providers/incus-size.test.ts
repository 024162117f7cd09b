import assert from "node:assert/strict";
import { test } from "node:test";
import type { Machine } from "../../src/lab/types.ts";
import type { Incus } from "../../src/providers/incus/incus.ts";
import { assertQuota, limitKeys, rootDevice, sizeOf, updateSize } from "../../src/providers/incus/size.ts";
import { lab } from "../support/steps.ts";

const machine = (size: Partial<Machine>): Machine => ({
  ...{ name: "w1", role: "worker", user: "root", sudo: "none" },
  ...size,
});
const size = { cpus: 2, memory: 2048, disk: 20 * 1024, processes: 5000 };
const instance = (has: Partial<typeof size>) => ({
  ...{ name: "w1", project: "labwright-x" },
  config: limitKeys(has),
  devices: rootDevice(has, "pool"),
});

/** What `incus` is asked for. */
async function asked(has: Partial<typeof size>, wanted: Partial<typeof size>): Promise<string[]> {
  const ran: string[] = [];
  const incus = {
    run: async (command: unknown) => String(ran.push(String(command))),
    at: (name: string) => `local:${name}`,
  };
  await updateSize(incus, machine(wanted), instance(has));
  return ran;
}

test("a size is written in Incus' own keys, and read from them again", () => {
  assert.deepEqual(limitKeys(size), {
    ...{ "limits.cpu": "2", "limits.memory": "2048MiB", "limits.processes": "5000" },
  });
  assert.deepEqual(rootDevice(size, "pool"), {
    root: { type: "disk", path: "/", pool: "pool", size: "20480MiB" },
  });
  assert.deepEqual([limitKeys({}), rootDevice({}, "pool")], [{}, {}]);
  assert.deepEqual(sizeOf(instance(size)), size);
  assert.deepEqual(sizeOf({ config: {} }), {});
  assert.deepEqual(sizeOf({ config: { "limits.cpu": "0-3", "limits.memory": "50%" } }), {});
});

test("an instance is changed in place, and only what differs", async () => {
  assert.deepEqual(await asked(size, size), []);
  assert.deepEqual(await asked(size, {}), []);
  assert.deepEqual(await asked({ cpus: 1 }, { cpus: 2 }), [
    "config set --project labwright-x local:w1 limits.cpu=2",
  ]);
  assert.deepEqual(await asked({ processes: 4096 }, { processes: 8192 }), [
    "config set --project labwright-x local:w1 limits.processes=8192",
  ]);
  assert.deepEqual(await asked({ disk: 10 * 1024 }, { disk: 20 * 1024 }), [
    "config device set --project labwright-x local:w1 root size=20480MiB",
  ]);
  assert.deepEqual(await asked({}, { memory: 1024, disk: 20 * 1024 }), [
    "config set --project labwright-x local:w1 limits.memory=1024MiB",
    "config device override --project labwright-x local:w1 root size=20480MiB",
  ]);
});

test("a disk is refused in a pool of plain folders", async () => {
  const pool = (driver: string): Pick<Incus, "query"> => ({
    query: async (_path, schema) => schema.parse({ driver }),
  });
  const sized = { ...lab, machines: [machine({ disk: 20 * 1024 })] };
  await assert.rejects(assertQuota(pool("dir"), sized, "p"), {
    code: "disk-unlimited",
    message: /"p" .* w1$/,
  });
  await assertQuota(pool("btrfs"), sized, "p");
  await assertQuota(pool("dir"), lab, "p");
});
