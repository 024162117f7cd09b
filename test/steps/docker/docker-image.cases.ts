import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

export const cases: StepCases = {
  params: { set: "exercises" },
  fresh: { differences: ["the Docker engine cannot be asked for its images"] },
  right: { missing: said("") },
  wrong: {
    "one image is missing": {
      facts: { missing: said("docker.io/labwright/web:2\n") },
      differences: ["the Docker engine has no image docker.io/labwright/web:2"],
    },
    "a machine that does not answer": {
      facts: { missing: nothing },
      differences: ["the Docker engine cannot be asked for its images"],
    },
  },
  apply: { "a fresh machine": { answers: [["uname -m", "x86_64\ndebian\nbookworm\n"]] } },
  undo: { "a right machine": {} },
};
