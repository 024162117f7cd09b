import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

export const cases: StepCases = {
  params: { name: "thor" },
  fresh: { facts: { entry: said("", 2) }, differences: ["cp has no user thor"] },
  right: { entry: said("thor:x:1000:1000:made by labwright:/home/thor:/bin/bash\n") },
  wrong: {
    "on another machine": {
      context: (context) => ({ ...context, machine: { ...context.machine, name: "w1" } }),
      facts: { entry: said("", 2) },
      differences: ["w1 has no user thor"],
    },
  },
  apply: {
    "a fresh machine": {},
    "an account of that name that is somebody else's": {
      answers: [["useradd", said("", 17)]],
      throws: /cp already has an account thor, which labwright did not create/,
    },
    "a home that an earlier account left": {
      answers: [["useradd", { code: 18, stdout: "", stderr: "/home/thor\n" }]],
      throws: /cp has \/home\/thor from an earlier account thor/,
    },
  },
  undo: { "a right machine": {} },
};
