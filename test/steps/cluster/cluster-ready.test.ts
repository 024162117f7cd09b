import assert from "node:assert/strict";
import { test } from "node:test";
import { bound, checked, lab, said, sceneOn } from "../scene.ts";

const object = (kind: string, name: string, ready: string, phase = "Running") => ({
  kind,
  metadata: { name },
  status: { phase, conditions: [{ type: "Ready", status: ready }] },
});
const differences = (...items: object[]) => checked("cluster-ready", {}, { objects: said({ items }) });

test("cluster-ready: each machine of the cluster is a Ready node, each system pod Ready or done", async () => {
  const nodes = [object("Node", "cp", "True"), object("Node", "w1", "True")];
  const job = object("Pod", "job", "False", "Succeeded");
  assert.deepEqual(await differences(...nodes, object("Pod", "coredns", "True"), job), []);
  assert.deepEqual(await differences(...nodes, object("Pod", "coredns", "Unknown")), [
    "the pod coredns is not Ready",
  ]);
  assert.deepEqual(await differences(object("Node", "cp", "False"), object("Pod", "w1", "True")), [
    "the node cp is not Ready",
    "the node w1 is not Ready",
  ]);
});

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

test("cluster-ready: an API server that does not answer is told as that", async () => {
  assert.deepEqual(await checked("cluster-ready", {}, { objects: said("", 1) }), [
    "the API server does not answer",
  ]);
});

test("cluster-ready: without a pod network, nodes have joined and pods in their node's network are Ready", async () => {
  const cluster = { ...lab.cluster, network: { ...lab.cluster.network, plugin: "none" as const } };
  const scene = { ...sceneOn("cp"), lab: { ...lab, cluster } };
  const without = async (...items: object[]) =>
    (await bound("cluster-ready")).check({ objects: said({ items }) }, scene);
  const nodes = [object("Node", "cp", "False"), object("Node", "w1", "False")];
  const proxy = (ready: string) => ({ ...object("Pod", "kube-proxy", ready), spec: { hostNetwork: true } });
  assert.deepEqual(await without(...nodes, object("Pod", "coredns", "False", "Pending"), proxy("True")), []);
  assert.deepEqual(await without(nodes[0] ?? {}, proxy("False")), [
    "the node w1 has not joined the cluster",
    "the pod kube-proxy is not Ready",
  ]);
});
