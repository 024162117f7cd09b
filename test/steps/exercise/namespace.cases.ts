import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

export const cases: StepCases = {
  params: { name: "shop" },
  fresh: { facts: { phase: said("") }, differences: ["the namespace shop is missing"] },
  right: { phase: said("Active") },
  wrong: {
    "on its way out": {
      facts: { phase: said("Terminating") },
      differences: ["the namespace shop is Terminating"],
    },
    "an API server that does not answer": {
      facts: { phase: nothing },
      differences: ["the API server does not answer"],
    },
  },
  apply: { "a fresh cluster": {} },
  undo: { "a right cluster": {} },
};
