import assert from "node:assert/strict";
import { test } from "node:test";
import { drainRefusal } from "../../src/kubernetes/eviction.ts";
import { json, nothing } from "../support/steps.ts";

const budget = (
  status: object,
  selector: object = { matchLabels: { app: "web" } },
  namespace = "default",
) => ({
  kind: "PodDisruptionBudget",
  metadata: { name: "web", namespace },
  spec: { selector },
  status: { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2, ...status },
});
interface Different {
  /** The kind of its controller; "" for none. */
  owner?: string;
  labels?: object;
  annotations?: object;
  phase?: string;
}
const pod = (
  nodeName: string,
  { owner = "ReplicaSet", labels = { app: "web" }, annotations = {}, phase = "Running" }: Different = {},
) => ({
  kind: "Pod",
  metadata: {
    name: "web-1",
    namespace: "default",
    labels,
    annotations,
    ownerReferences: owner === "" ? [] : [{ kind: owner, controller: true }],
  },
  spec: { nodeName },
  status: { phase },
});
const messageOf = (...items: object[]) => drainRefusal(["w1"], json({ items }))?.message;
const named = "cannot drain w1: the PodDisruptionBudget default/web never allows an eviction";

test("a budget that allows no pod to go, however healthy they are, is named", () => {
  assert.equal(messageOf(budget({}), pod("w1")), named);
  assert.equal(messageOf(budget({ currentHealthy: 1 }), pod("w1")), named);
  const selector = { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] };
  assert.equal(messageOf(budget({}, selector), pod("w1")), named);
});

for (const [what, items] of Object.entries({
  "that allows one to go": [budget({ disruptionsAllowed: 1, desiredHealthy: 1 }), pod("w1")],
  "that waits for a pod to become healthy": [budget({ currentHealthy: 1, desiredHealthy: 1 }), pod("w1")],
  "that nobody has counted the pods of yet": [budget({ desiredHealthy: 0, expectedPods: 0 }), pod("w1")],
  "of pods on another node": [budget({}), pod("w2")],
  "of another namespace": [budget({}, {}, "other"), pod("w1")],
  "of other pods": [budget({}), pod("w1", { labels: { app: "db" } })],
  "that excludes the pods": [
    budget({}, { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }),
    pod("w1"),
  ],
  "of pods that have ended": [budget({}), pod("w1", { phase: "Succeeded" })],
  "of a DaemonSet's pods, which a drain leaves alone": [budget({}), pod("w1", { owner: "DaemonSet" })],
}))
  test(`a budget ${what} is not`, () => assert.equal(messageOf(...items), undefined));

test("a pod without a controller is named, and not one that has ended, or that a manifest on the node defines", () => {
  const bare = pod("w1", { owner: "" });
  assert.equal(
    messageOf(bare),
    "cannot drain w1: the pod default/web-1 belongs to no controller and would be lost",
  );
  for (const other of [
    pod("w1", { owner: "", phase: "Failed" }),
    pod("w1", { owner: "", annotations: { "kubernetes.io/config.mirror": "1" } }),
    pod("w2", { owner: "" }),
  ])
    assert.equal(messageOf(other), undefined);
});

test("every node is named with all that keeps it from being drained", () => {
  const items = [
    ...["w1", "w1", "w2"].map((node) => pod(node, { owner: "", labels: {} })),
    budget({}),
    { ...budget({}), metadata: { name: "more", namespace: "default" } },
    pod("w1"),
  ];
  assert.equal(
    drainRefusal(["w1", "w2", "w3"], json({ items }))?.message,
    "cannot drain w1: the pods default/web-1 and default/web-1 belong to no controller and would be lost; " +
      "the PodDisruptionBudgets default/web and default/more never allow an eviction\n" +
      "cannot drain w2: the pod default/web-1 belongs to no controller and would be lost",
  );
});

test("an API server that does not answer says nothing", () =>
  assert.equal(drainRefusal(["w1"], nothing), undefined));
