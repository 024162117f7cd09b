import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

export const cases: StepCases = {
  params: { user: "thor" },
  fresh: { differences: ["on cp, `kubectl get nodes` as thor ends with: no node"] },
  right: { nodes: said("node/cp\nnode/w1\n") },
  alsoRight: { "a login shell that greets first": { facts: { nodes: said("Welcome\nnode/cp\n") } } },
  wrong: {
    "no kubeconfig": {
      facts: { nodes: said("Warning: x\nerror: no configuration\n", 1) },
      differences: ["on cp, `kubectl get nodes` as thor ends with: error: no configuration"],
    },
    "nodes, and then a failure": {
      facts: { nodes: said("node/cp\nerror: timed out\n", 124) },
      differences: ["on cp, `kubectl get nodes` as thor ends with: error: timed out"],
    },
    "a cluster without nodes": {
      facts: { nodes: said("No resources found\n") },
      differences: ["on cp, `kubectl get nodes` as thor ends with: No resources found"],
    },
  },
};
