import assert from "node:assert/strict";
import { test } from "node:test";
import { neverEvicted } from "../../src/kubernetes/eviction.ts";
import { json, nothing } from "../support/steps.ts";

const budget = (
  status: object,
  selector: object = { matchLabels: { app: "web" } },
  namespace = "default",
) => ({
  kind: "PodDisruptionBudget",
  metadata: { name: "web", namespace },
  spec: { selector },
  status: { disruptionsAllowed: 0, currentHealthy: 2, expectedPods: 2, ...status },
});
const pod = (nodeName: string, labels: object = { app: "web" }, phase = "Running") => ({
  kind: "Pod",
  metadata: { name: "web-1", namespace: "default", labels },
  spec: { nodeName },
  status: { phase },
});
const never = (...items: object[]) => neverEvicted(json({ items }), "w1");

test("a budget whose pods are all healthy and that allows none to go is named", () => {
  assert.deepEqual(never(budget({}), pod("w1")), ["default/web"]);
  const selector = { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] };
  assert.deepEqual(never(budget({}, selector), pod("w1")), ["default/web"]);
});

for (const [what, items] of Object.entries({
  "that allows one to go": [budget({ disruptionsAllowed: 1 }), pod("w1")],
  "that waits for a pod to become healthy": [budget({ currentHealthy: 1 }), pod("w1")],
  "of pods on another node": [budget({}), pod("w2")],
  "of another namespace": [budget({}, {}, "other"), pod("w1")],
  "of other pods": [budget({}), pod("w1", { app: "db" })],
  "that excludes the pods": [
    budget({}, { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }),
    pod("w1"),
  ],
  "of pods that have ended": [budget({}), pod("w1", { app: "web" }, "Succeeded")],
}))
  test(`a budget ${what} is not`, () => assert.deepEqual(never(...items), []));

test("an API server that does not answer says nothing", () =>
  assert.deepEqual(neverEvicted(nothing, "w1"), []));
