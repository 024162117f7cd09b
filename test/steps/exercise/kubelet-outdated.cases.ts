import { listOf } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

const node = (name: string, kubelet: string, spec = {}) => ({
  metadata: { name },
  spec,
  status: { nodeInfo: { kubeletVersion: `v${kubelet}` } },
});
const newNodes = listOf(node("cp", "1.36.3"), node("w1", "1.36.3"));

const platform = [["uname -m", "x86_64\ndebian\nbookworm\n"]] as const;

export const cases: StepCases = {
  machine: "w1",
  params: { folder: "/opt/kubernetes" },
  fresh: {
    facts: {
      kubeadm: said("v1.36.3\n"),
      kubelet: said("Kubernetes v1.36.3\n"),
      state: said("active\n"),
      installed: said(""),
      nodes: newNodes,
    },
    differences: [
      "kubeadm is 1.36.3, not 1.35.4",
      "kubelet is 1.36.3, not 1.35.4",
      "/opt/kubernetes/kubeadm is missing",
      "/opt/kubernetes/kubelet is missing",
    ],
  },
  right: {
    kubeadm: said("v1.35.4\n"),
    kubelet: said("Kubernetes v1.35.4\n"),
    state: said("active\n"),
    installed: said(""),
    offered: said("kubeadm\nkubelet\n"),
    begun: said(""),
    nodes: listOf(node("cp", "1.36.3"), node("w1", "1.35.4")),
  },
  alsoRight: {
    "a kubelet that is stopped": { facts: { state: said("inactive\n"), installed: nothing } },
  },
  wrong: {
    "a setup that was cut short before the kubelet's restart": {
      facts: { installed: nothing },
      differences: ["the kubelet has not been restarted"],
    },
    "a folder without the kubelet": {
      facts: { offered: said("kubeadm\n") },
      differences: ["/opt/kubernetes/kubelet is missing"],
    },
  },
  refuse: {
    "a node that a person has cordoned": {
      facts: {
        begun: nothing,
        nodes: listOf(node("cp", "1.36.3"), node("w1", "1.36.3", { unschedulable: true })),
      },
      error: /the node w1 is cordoned/,
    },
    "a control plane that has not been upgraded to the lab file's version": {
      facts: { begun: nothing, nodes: listOf(node("cp", "1.35.4"), node("w1", "1.35.4")) },
      error: /the kubelet of cp is v1.35.4, not v1.36.3, the lab's/,
    },
  },
  apply: {
    "a worker of the lab's release": {
      answers: platform,
      notes: [
        "sending kubeadm",
        "sending kubelet",
        "sending kubeadm",
        "sending kubelet",
        "waiting for the older kubelet",
      ],
    },
  },
  undo: {
    "a right machine": {},
    "a machine on which nothing was begun": { answers: [["test -e /var/lib/labwright/exercises", nothing]] },
  },
};
