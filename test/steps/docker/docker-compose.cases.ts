import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

export const cases: StepCases = {
  machine: "spare",
  fresh: { differences: ["docker compose is not installed"] },
  right: { version: said("Docker Compose version v2.40.3\n") },
  wrong: {
    "a release of the next major": {
      facts: { version: said("Docker Compose version v3.0.0\n") },
      differences: ["docker compose is 3.0.0, not >=2.40.0 <3.0.0"],
    },
    "Debian's docker without the plugin": {
      facts: { version: said("", 125) },
      differences: ["docker compose is not installed"],
    },
  },
  apply: { "a fresh machine": { answers: [["uname -m", "x86_64\ndebian\nbookworm\n"]] } },
  undo: { "a right machine": {} },
};
