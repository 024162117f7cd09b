import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { checked, json } from "../../support/steps.ts";
import { cases } from "./cluster-ready.cases.ts";

testCases(import.meta.filename, cases);

const object = (kind: string, name: string, ready: string, phase = "Running") => ({
  kind,
  metadata: { name },
  status: { phase, conditions: [{ type: "Ready", status: ready }] },
});
const differences = (...items: object[]) => checked("cluster-ready", {}, { objects: json({ items }) });

test("cluster-ready: a DaemonSet that replaces its pods node by node is waited for, also where all pods are Ready", async () => {
  const nodes = [object("Node", "cp", "True"), object("Node", "w1", "True")];
  const set = (updated: number | undefined, observedGeneration: number, type = "RollingUpdate") => ({
    kind: "DaemonSet",
    metadata: { name: "calico-node", generation: 2 },
    spec: { updateStrategy: { type } },
    status: { observedGeneration, desiredNumberScheduled: 2, updatedNumberScheduled: updated },
  });
  const waited = ["the DaemonSet calico-node is not rolled out"];
  assert.deepEqual(await differences(...nodes, set(2, 2)), []);
  assert.deepEqual(await differences(...nodes, set(1, 2)), waited);
  assert.deepEqual(await differences(...nodes, set(undefined, 2)), waited);
  assert.deepEqual(await differences(...nodes, set(2, 1)), waited);
  assert.deepEqual(await differences(...nodes, set(1, 2, "OnDelete")), []);
});
