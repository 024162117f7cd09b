import assert from "node:assert/strict";
import { test } from "node:test";
import { json, nothing, said, sceneOf, stepOf } from "../../support/steps.ts";

const scene = sceneOf("spare");

const node = (ready: string, address = "10.89.0.12") =>
  json({
    status: {
      conditions: [{ type: "Ready", status: ready }],
      addresses: [{ type: "InternalIP", address }],
    },
  });

const joined = {
  kubeconfig: said(""),
  kubelet: said("active\n"),
  authority: said("aa"),
  clusterAuthority: said("aa"),
  node: node("True"),
  cgroup: said("tmpfs"),
  container: said("docker"),
};

test("joined-node: content with a node that is ready, and with nothing less", async () => {
  const step = await stepOf("joined-node");
  const answer = (change: Partial<typeof joined>) => step.check({ ...joined, ...change }, scene);
  assert.deepEqual(answer({}), []);
  assert.deepEqual(answer({ kubeconfig: nothing }), ["spare has not joined a cluster"]);
  assert.deepEqual(answer({ authority: said("bb") }), ["spare has joined a cluster, but not that of cp"]);
  assert.deepEqual(answer({ node: said("") }), [
    "spare has been joined, but the cluster has no node of that name",
  ]);
  assert.deepEqual(answer({ node: node("Unknown") }), ["the node spare is not Ready"]);
  assert.deepEqual(answer({ node: node("True", "10.89.0.77") }), [
    "the node spare is not the machine at 10.89.0.12",
  ]);
  assert.deepEqual(answer({ kubelet: said("inactive\n", 3) }), ["the kubelet of spare does not run"]);
});

test("joined-node: an API server that does not answer is told as that", async () => {
  const step = await stepOf("joined-node");
  assert.deepEqual(step.check({ ...joined, node: nothing }, scene), ["the API server does not answer"]);
});
