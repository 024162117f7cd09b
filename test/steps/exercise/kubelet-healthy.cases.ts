import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const running = (settings: object) =>
  json({ kubeletconfig: { cgroupRoot: "/", cgroupDriver: "systemd", ...settings } });
const node = (status: string, spec = {}) =>
  json({ kind: "Node", spec, status: { conditions: [{ type: "Ready", status }] } });

export const cases: StepCases = {
  machine: "w1",
  params: { settings: ["cgroupDriver", "cgroupRoot"] },
  fresh: { differences: ["the API server does not answer"] },
  right: {
    state: said("active\n"),
    installed: said(""),
    running: running({}),
    expected: running({}),
    node: node("True"),
  },
  alsoRight: {
    "a setting that is not compared": { facts: { running: running({ maxPods: 50 }) } },
    "no settings": { params: {}, facts: { running: running({ cgroupRoot: "/workloads" }) } },
  },
  wrong: {
    "a kubelet that starts again and again": {
      facts: { state: said("activating\n"), installed: nothing, running: nothing },
      differences: ["kubelet is activating, not active", "the kubelet of w1 does not answer the API server"],
    },
    "another setting than the control plane's": {
      facts: { running: running({ cgroupRoot: "/workloads" }) },
      differences: ["the kubelet of w1 runs with cgroupRoot /workloads, that of cp with /"],
    },
    "a list and nothing": {
      params: { settings: ["enforceNodeAllocatable"] },
      facts: { running: running({ enforceNodeAllocatable: ["pods"] }) },
      differences: ['the kubelet of w1 runs with enforceNodeAllocatable ["pods"], that of cp with unset'],
    },
    "a node that is not Ready": {
      facts: { node: node("Unknown") },
      differences: ["the node w1 is not Ready"],
    },
    "a program that was replaced while the kubelet ran": {
      facts: { installed: nothing },
      differences: ["the kubelet of w1 still runs from a program that has been replaced"],
    },
    "a node that was not uncordoned": {
      facts: { node: node("True", { unschedulable: true }) },
      differences: ["the node w1 is cordoned"],
    },
    "no node": { facts: { node: said("") }, differences: ["the node w1 is not Ready"] },
    "an API server that does not answer": {
      facts: { running: nothing, expected: nothing, node: nothing },
      differences: ["the API server does not answer"],
    },
  },
};
