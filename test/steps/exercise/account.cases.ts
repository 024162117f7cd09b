import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

const entry = (shell: string) => said(`thor:x:1000:1000::/home/thor:${shell}\n`);

export const cases: StepCases = {
  params: { name: "thor", shell: "/bin/bash", groups: ["developers", "docker"] },
  fresh: { facts: { entry: said("", 2) }, differences: ["cp has no account thor"] },
  right: { entry: entry("/bin/bash"), groups: said("thor docker video developers\n") },
  alsoRight: {
    "any shell and groups, if none are asked for": {
      params: { name: "thor" },
      facts: { entry: entry("/bin/false"), groups: said("thor\n") },
    },
  },
  wrong: {
    "another shell, and a group whose name only begins the same": {
      facts: { entry: entry("/bin/sh"), groups: said("thor docker-users developers\n") },
      differences: ["the shell of thor is /bin/sh, /bin/bash expected", "thor is not in the group docker"],
    },
    "no shell": {
      facts: { entry: entry("") },
      differences: ["the shell of thor is not set, /bin/bash expected"],
    },
  },
  apply: {
    "a fresh machine": {},
    "no shell and no groups": { params: { name: "thor" } },
    "a home that an earlier account left": {
      answers: [["useradd", { code: 18, stdout: "", stderr: "/home/thor\n" }]],
      throws: /cp has \/home\/thor from an earlier account thor/,
    },
  },
  undo: {
    "a right machine": {},
    "a group that others have joined": {
      answers: [["groupdel", "labwright-left the group developers, which has members\n"]],
    },
  },
};
