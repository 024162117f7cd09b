import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "../../src/engine/graph.ts";
import { checkContextOf } from "../../src/engine/observe.ts";
import type { MachineInfo, Provider } from "../../src/providers/types.ts";
import { connectInventory } from "../../src/session/inventory.ts";
import { lab } from "../support/steps.ts";

const found = (name: string, running = true) => ({ name, running, address: "10.89.0.9" }) as MachineInfo;
const provider = (...machines: MachineInfo[]) =>
  ({ list: async () => machines }) as Partial<Provider> as Provider;

test("what up removes: machines that the file does not name, and those that are created again", async () => {
  const there = [found("cp"), found("w1"), found("w2"), found("w3", false)];
  const { signal } = new AbortController();
  const inventory = await connectInventory(lab, provider(...there), signal, { recreate: ["w1", "spare"] });
  assert.deepEqual(
    inventory.removed.map(({ name }) => name),
    ["w2", "w3", "w1"],
  );
  const [machine] = lab.machines;
  assert.ok(machine);
  // Steps know those that run: nothing is drained on a machine that does not.
  assert.deepEqual(checkContextOf(inventory, { machine } as Task).leaving, ["w2", "w1"]);
  const options = { recreate: ["w1"], discards: true };
  const reset = await connectInventory(lab, provider(...there), signal, options);
  assert.deepEqual(reset.leaving, ["w2"], "a reset discards what runs on what it creates again");
});
