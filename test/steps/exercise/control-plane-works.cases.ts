import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";
import { withControlPlanes } from "./control-plane-stopped.cases.ts";

const members = (...healthy: boolean[]) =>
  json(healthy.map((health, at) => ({ endpoint: `cp${at + 1}`, health })));
const node = (status: string) => json({ kind: "Node", status: { conditions: [{ type: "Ready", status }] } });

export const cases: StepCases = {
  context: withControlPlanes("cp2", "cp3"),
  fresh: {
    differences: [
      "kubelet is unknown, not active",
      "the kubelet of cp is not enabled: it would not start with the machine",
      "the API server of cp is not ready",
      "0 healthy members of etcd seen from cp, 3 expected",
      "the node cp is not Ready",
    ],
  },
  right: {
    state: said("active\n"),
    enabled: said("enabled\n"),
    api: said(""),
    members: members(true, true, true),
    node: node("True"),
  },
  wrong: {
    "not started": {
      facts: { state: said("inactive\n", 3), node: node("Unknown") },
      differences: ["kubelet is inactive, not active", "the node cp is not Ready"],
    },
    "not for good": {
      facts: { enabled: said("disabled\n", 1) },
      differences: ["the kubelet of cp is not enabled: it would not start with the machine"],
    },
    "a member that is not healthy": {
      facts: { members: { ...members(true, false, true), code: 1 } },
      differences: ["2 healthy members of etcd seen from cp, 3 expected"],
    },
    "no etcd": {
      facts: { members: said("", 127), api: nothing },
      differences: [
        "the API server of cp is not ready",
        "0 healthy members of etcd seen from cp, 3 expected",
      ],
    },
    "no node": { facts: { node: said("") }, differences: ["the node cp is not Ready"] },
  },
  apply: { "a stopped control plane": {} },
};
