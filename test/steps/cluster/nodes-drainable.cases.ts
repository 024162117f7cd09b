import type { CheckContext } from "../../../src/engine/step.ts";
import { listOf } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing } from "../../support/steps.ts";

interface Different {
  kubelet?: string;
  runtime?: string;
  ready?: string;
  spec?: object;
}

const node = (
  name: string,
  { kubelet = "v1.36.3", runtime = "containerd://2.3.1", ready = "True", spec = {} }: Different = {},
) => ({
  metadata: { name },
  spec,
  status: {
    conditions: [{ type: "Ready", status: ready }],
    nodeInfo: { kubeletVersion: kubelet, containerRuntimeVersion: runtime },
  },
});
const cp = (different: Different = {}) =>
  node("cp", { spec: { taints: [{ effect: "NoSchedule" }] }, ...different });
const other = node("w2");
const old = { kubelet: "v1.35.4" };

const bareOn = (nodeName: string) => ({
  kind: "Pod",
  metadata: { name: `mine-${nodeName}`, namespace: "default" },
  spec: { nodeName },
  status: { phase: "Running" },
});
const evictions = listOf(bareOn("w1"), bareOn("w2"));
const leaving =
  (...names: string[]) =>
  (context: CheckContext): CheckContext => ({ ...context, leaving: names });
const refused = "cannot drain w1: the pod default/mine-w1 belongs to no controller and would be lost";

export const cases: StepCases = {
  fresh: { differences: [] },
  right: { nodes: listOf(cp(), node("w1"), other), evictions },
  alsoRight: {
    "a control plane that is upgraded, and has no such pod": {
      facts: { nodes: listOf(cp(old), node("w1"), other) },
    },
    "a worker whose pods no other node takes: it is not drained": {
      facts: { nodes: listOf(cp(), node("w1", old)) },
    },
    "another runtime on a node whose kubelet does not run: it is not drained": {
      facts: { nodes: listOf(cp(), node("w1", { runtime: "cri-o://1.36.1", ready: "Unknown" }), other) },
    },
    "a node that is not the lab's": {
      facts: { nodes: listOf(cp(), node("w1"), node("w2", old)) },
    },
    "a machine that leaves, and does not run or is not a node": {
      context: leaving("w2", "spare"),
      facts: { nodes: listOf(cp(), node("w1"), node("w2", { ready: "Unknown" })) },
    },
    "all workers leave: no node that stays takes their pods": { context: leaving("w1", "w2") },
    "an API server that does not say which pods there are": {
      facts: { nodes: listOf(cp(), node("w1", old), other), evictions: nothing },
    },
  },
  wrong: {
    "a worker that is upgraded": {
      facts: { nodes: listOf(cp(), node("w1", old), other) },
      differences: [refused],
    },
    "a worker that gets another runtime": {
      facts: { nodes: listOf(cp(), node("w1", { runtime: "cri-o://1.36.1" }), other) },
      differences: [refused],
    },
    "a worker that is created again": { context: leaving("w1"), differences: [refused] },
    "a worker that the lab file no longer names": {
      context: leaving("w2"),
      differences: ["cannot drain w2: the pod default/mine-w2 belongs to no controller and would be lost"],
    },
  },
  refuse: {
    "removing a node with a pod of nobody": {
      context: leaving("w2"),
      error: /^cannot drain w2: the pod default\/mine-w2 belongs to no controller and would be lost$/,
    },
    "an upgrade that would drain a node with a pod of nobody": {
      facts: { nodes: listOf(cp(old), node("w1", old), other) },
      error: /^cannot drain w1: the pod default\/mine-w1 belongs to no controller and would be lost$/,
    },
  },
};
