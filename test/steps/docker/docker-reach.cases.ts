import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

export const cases: StepCases = {
  params: { groups: [["a", "b"], ["c"]] },
  fresh: {
    differences: [
      "the container a does not run",
      "the container b does not run",
      "the container c does not run",
    ],
  },
  right: { running: said("/a true\n/b true\n/c true\n"), reached: said("b a\na b\n") },
  wrong: {
    "one of another group is reached": {
      facts: { reached: said("a b\nb a\nc a\n") },
      differences: ["c reaches a, and should not"],
    },
    "one of the own group is not": {
      facts: { reached: said("a b\n") },
      differences: ["b does not reach a"],
    },
    "a container that is stopped": {
      facts: { running: said("/a true\n/b true\n") },
      differences: ["the container c does not run"],
    },
  },
};
