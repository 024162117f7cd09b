import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

export const cases: StepCases = {
  fresh: { differences: ["etcd's manifest and data have not been kept"] },
  right: { kept: said("") },
  wrong: {
    "a copy that was cut short lies beside": {
      facts: { kept: said("", 1) },
      differences: ["etcd's manifest and data have not been kept"],
    },
  },
  apply: { "a fresh machine": {} },
  undo: { "a right machine": {} },
};
