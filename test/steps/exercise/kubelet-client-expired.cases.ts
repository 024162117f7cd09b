import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";
import { withSecondsLeft } from "./kubelet-client-answers.ts";

export const cases: StepCases = {
  fresh: { differences: ["the API server has no client certificate for kubelets"] },
  right: withSecondsLeft(-1),
  wrong: {
    "a valid certificate": {
      facts: withSecondsLeft(3600),
      differences: ["the API server's client certificate for kubelets is valid"],
    },
    "an empty file": {
      facts: { certificate: said("") },
      differences: ["the API server has no client certificate for kubelets"],
    },
  },
  apply: { "a fresh machine": {} },
  undo: { "a right machine": {} },
};
