import assert from "node:assert/strict";
import { test } from "node:test";
import { exitCode } from "../../src/errors.ts";
import type { MachineInfo, Provider } from "../../src/providers/types.ts";
import { connectInventory } from "../../src/session/inventory.ts";
import { recreated } from "../../src/session/recreate.ts";
import { checkContextOf } from "../support/steps.ts";

const { lab } = checkContextOf("cp");
const { signal } = new AbortController();

const found = (name: string, more: Partial<MachineInfo> = {}): MachineInfo => ({
  name,
  running: true,
  address: "10.89.0.10",
  access: { host: "10.89.0.10", port: 22, user: "root", sudo: { kind: "none" } },
  reach: () => undefined,
  ...more,
});

/** A provider that lists these machines, and can do nothing. */
const listing = (...machines: MachineInfo[]): Provider => {
  const never = () => assert.fail("only asked");
  return {
    list: async () => machines,
    ...{ create: never, claims: never, adopt: never, remove: never, destroy: never },
  };
};

const absent = async (provider: Provider, recreate: readonly string[] = []) =>
  Object.fromEntries((await connectInventory(lab, provider, signal, { recreate })).absent);

test("what `up` will do about a machine is said as it is: paused, never started, stopped, absent", async () => {
  const paused = found("cp", { running: false, pending: "is paused, and will be unpaused" });
  assert.deepEqual(await absent(listing(paused, found("w1", { running: false }))), {
    cp: "is paused, and will be unpaused",
    w1: "is not running, and will be started",
    spare: "does not exist, and will be created",
  });
});

test("a machine that is named counts as missing although it runs, and the others do not", async () => {
  const provider = listing(found("cp"), found("w1"), found("spare"));
  assert.deepEqual(await absent(provider), {});
  assert.deepEqual(await absent(provider, ["w1"]), {
    w1: "will be deleted with everything on it, and created again (--recreate)",
  });
  assert.deepEqual(
    (await connectInventory(lab, provider, signal, { recreate: ["w1"] })).missing.map(({ name }) => name),
    ["w1"],
  );
});

test("a name that the lab does not have is wrong use, and an existing host is not created again", () => {
  const mine = { provider: listing(), theirs: { ...listing(), machinesStay: true as const } };
  assert.deepEqual(recreated({ recreate: ["w1"] }, lab, mine.provider), ["w1"]);
  assert.deepEqual(recreated({}, lab, mine.theirs), []);
  for (const [recreate, provider, code, says] of [
    [["worker1"], mine.provider, "machine-absent", /no such machine/],
    [[""], mine.provider, "machine-absent", /no such machine/],
    [["w1"], mine.theirs, "machine-not-ours", /belong to their owner/],
  ] as const)
    assert.throws(() => recreated({ recreate }, lab, provider), {
      code,
      message: says,
      exit: exitCode.usage,
    });
});
