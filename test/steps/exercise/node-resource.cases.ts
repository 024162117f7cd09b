import { listOf } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";

const node = (name: string, amount?: number) => ({
  metadata: { name },
  status: {
    allocatable: { cpu: "2", ...(amount !== undefined && { "bakery.example/trays": String(amount) }) },
  },
});
const params = { resource: "bakery.example/trays", amount: 6, nodes: 1 };

export const cases: StepCases = {
  params,
  fresh: { differences: ["the API server does not answer"] },
  right: { nodes: listOf(node("cp"), node("w1", 6)) },
  alsoRight: {
    "a control plane, for want of workers": {
      params: { ...params, nodes: 2 },
      facts: { nodes: listOf(node("cp", 6), node("w1", 6)) },
    },
  },
  wrong: {
    "none and too much": {
      facts: { nodes: listOf(node("cp", 6), node("w1")) },
      differences: [
        "the node cp has 6 bakery.example/trays, 0 expected",
        "the node w1 has 0 bakery.example/trays, 6 expected",
      ],
    },
  },
  apply: { "fresh nodes": {} },
  undo: { always: {} },
};
