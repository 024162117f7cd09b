import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing } from "../../support/steps.ts";

const nodes = (...names: string[]) => json({ items: names.map((name) => ({ metadata: { name } })) });

export const cases: StepCases = {
  fresh: { differences: ["the API server does not answer"] },
  right: { nodes: nodes("cp", "w1") },
  alsoRight: { "a machine that has not joined yet": { facts: { nodes: nodes("cp") } } },
  wrong: {
    "nodes of machines that were taken out of the lab file": {
      facts: { nodes: nodes("cp", "w8", "w1", "w9") },
      differences: ["the node w8 is not a machine of the lab", "the node w9 is not a machine of the lab"],
    },
    "an API server that does not answer": {
      facts: { nodes: nothing },
      differences: ["the API server does not answer"],
    },
  },
  apply: {
    "a node of a machine that was taken out": { answers: [["get nodes", nodes("cp", "w1", "w9")]] },
    "an API server that does not answer": { answers: [["get nodes", "Error from server"]] },
  },
};
