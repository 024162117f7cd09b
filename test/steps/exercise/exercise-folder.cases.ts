import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

export const cases: StepCases = {
  params: { path: "/root/drill", files: { "task.md": "Find the pod.\n" } },
  fresh: { differences: ["the folder /root/drill has not been made"] },
  right: { folder: said("") },
  wrong: {
    "a folder in a home": {
      params: { path: "/home/thor/drill" },
      facts: { folder: said("", 1) },
      differences: ["the folder /home/thor/drill has not been made"],
    },
  },
  apply: {
    "a fresh machine": {},
    "a folder in a home": { params: { path: "/home/thor/drill" } },
    "somebody else's folder": {
      answers: [["labwright_as /root/drill mkdir", said("", 1)]],
      throws: /\/root\/drill on cp already exists, and labwright did not create it/,
    },
  },
  undo: { "a right machine": {} },
};
