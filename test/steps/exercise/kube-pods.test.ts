import assert from "node:assert/strict";
import { test } from "node:test";
import { checked, said } from "../scene.ts";

interface Given {
  node?: string;
  ready?: boolean;
  owned?: boolean;
  waiting?: string;
  going?: boolean;
}

const pod = (name: string, { node = "w1", ready = true, owned = true, waiting, going }: Given = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name,
    ...(owned && { ownerReferences: [{ controller: true }] }),
    ...(going && { deletionTimestamp: "2026-11-21T07:00:00Z" }),
  },
  spec: { nodeName: node },
  status: {
    phase: ready ? "Running" : "Pending",
    conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    ...(waiting && { containerStatuses: [{ state: { waiting: { reason: waiting } } }] }),
  },
});

const check = (wanted: object, ...items: unknown[]) =>
  checked("kube-pods", { namespace: "shop", labels: { app: "twins" }, ...wanted }, { pods: said({ items }) });

test("kube-pods: counts those that are ready and stay", async () => {
  assert.deepEqual(await check({ count: 2 }, pod("a"), pod("b"), pod("c", { going: true })), []);
  assert.deepEqual(await check({ count: 2 }, pod("a"), pod("b", { ready: false })), [
    "1 pod with the label app=twins seen ready, 2 expected",
    "the pod b is not ready: Pending",
  ]);
  assert.deepEqual(await check({}, pod("a", { ready: false, waiting: "ImagePullBackOff" })), [
    "0 pods with the label app=twins seen ready, 1 expected",
    "the pod a is not ready: ImagePullBackOff",
  ]);
  assert.equal((await check({}, pod("a"), pod("b"))).length, 1, "more than wanted");
});

test("kube-pods: apart, on machines of a role, and brought back by something", async () => {
  const two = { count: 2 };
  assert.deepEqual(await check({ ...two, apart: true }, pod("a"), pod("b", { node: "cp" })), []);
  assert.deepEqual(await check({ ...two, apart: true }, pod("a"), pod("b")), [
    "the pods a and b are on the same node, w1",
  ]);
  assert.deepEqual(await check({ on: "control-plane" }, pod("a", { node: "cp" })), []);
  assert.deepEqual(await check({ on: "control-plane" }, pod("a")), [
    "the pod a is on w1, which is no control-plane",
  ]);
  assert.deepEqual(await check({ controlled: true }, pod("a")), []);
  assert.deepEqual(await check({ controlled: true }, pod("a", { owned: false })), [
    "nothing would bring the pod a back if it were deleted",
  ]);
});
