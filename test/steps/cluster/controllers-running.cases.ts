import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

export const cases: StepCases = {
  fresh: { differences: ["kube-controller-manager does not run"] },
  right: { state: said("S (sleeping)\n") },
  wrong: {
    "a lab that was paused": {
      facts: { state: said("T (stopped)\n") },
      differences: ["kube-controller-manager is stopped"],
    },
  },
  apply: { "a lab that was paused": {} },
};
