import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

const command = ["systemctl", "is-active", "nginx"];

export const cases: StepCases = {
  params: { command, prints: "active" },
  fresh: {
    facts: { output: { code: 0, stdout: "", stderr: "timeout: failed to run command 'systemctl'\n" } },
    differences: [
      "on cp, `systemctl is-active nginx` prints timeout: failed to run command 'systemctl', \"active\" expected",
    ],
  },
  right: { output: said("active\n") },
  alsoRight: {
    "a line that matches": {
      params: { command, matches: "^ac.*e$" },
      facts: { output: said("one\nactive\ntwo\n") },
    },
  },
  wrong: {
    "another word": {
      facts: { output: said("inactive\n") },
      differences: ['on cp, `systemctl is-active nginx` prints "inactive", "active" expected'],
    },
    nothing: {
      facts: { output: said("") },
      differences: ['on cp, `systemctl is-active nginx` prints nothing, "active" expected'],
    },
    "nothing that matches": {
      params: { command, matches: "^active$" },
      facts: { output: said("inactive\n") },
      differences: [
        'on cp, `systemctl is-active nginx` prints "inactive", something that matches ^active$ expected',
      ],
    },
  },
};
