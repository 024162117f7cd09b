import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing } from "../../support/steps.ts";

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
    ...(owned && { ownerReferences: [{ kind: "ReplicaSet", name: "twins", controller: true }] }),
    ...(going && { deletionTimestamp: "2026-11-21T07:00:00Z" }),
  },
  spec: { nodeName: node },
  status: {
    phase: ready ? "Running" : "Pending",
    conditions: [
      { type: "PodScheduled", status: "True" },
      { type: "Ready", status: ready ? "True" : "False" },
    ],
    ...(waiting && { containerStatuses: [{ state: { waiting: { reason: waiting } } }] }),
  },
});
const pods = (...items: object[]) => ({ pods: json({ kind: "List", items }) });
const params = { namespace: "shop", labels: { app: "twins", tier: "web" }, count: 2 };

export const cases: StepCases = {
  params,
  fresh: { differences: ["the API server does not answer"] },
  right: pods(pod("a"), pod("b"), pod("c", { going: true })),
  alsoRight: {
    "apart, on nodes of a role, and controlled": {
      params: { ...params, count: 1, apart: true, on: "control-plane", controlled: true },
      facts: pods(pod("a", { node: "cp" })),
    },
    "none is wanted": { params: { ...params, count: 0 }, facts: pods() },
  },
  wrong: {
    "one that does not start": {
      facts: pods(pod("a"), pod("b", { ready: false, waiting: "ImagePullBackOff" })),
      differences: [
        "1 pod with the label app=twins,tier=web seen ready, 2 expected",
        "the pod b is not ready: ImagePullBackOff",
      ],
    },
    "one too many": {
      facts: pods(pod("a"), pod("b"), pod("c")),
      differences: ["3 pods with the label app=twins,tier=web seen ready, 2 expected"],
    },
    "together on one node": {
      params: { ...params, apart: true },
      differences: ["the pods a and b are on the same node, w1"],
    },
    "on a node of another role": {
      params: { ...params, on: "worker" },
      facts: pods(pod("a"), pod("b", { node: "cp" })),
      differences: ["the pod b is on cp, which is not a worker"],
    },
    "nothing brings one back": {
      params: { ...params, controlled: true },
      facts: pods(pod("a"), pod("b", { owned: false })),
      differences: ["nothing would replace the pod b if it were deleted"],
    },
    "an API server that does not answer": {
      facts: { pods: nothing },
      differences: ["the API server does not answer"],
    },
  },
};
