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
  refuse: {
    "a lab with several control planes": {
      context: (context) => ({
        ...context,
        lab: {
          ...context.lab,
          machines: [...context.lab.machines, { ...context.machine, name: "cp2" }],
        },
      }),
      error: /the lab basics has several control planes, and this exercise restores etcd on one/,
    },
  },
  apply: { "a fresh machine": {} },
  undo: { "a right machine": {} },
};
