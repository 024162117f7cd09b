import { objectOf } from "../../../src/steps/cluster/student-kubectl.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said, withMachine } from "../../support/steps.ts";

const users = withMachine({
  users: [
    { name: "anna", sudo: "none" },
    { name: "ben", sudo: "password" },
    { name: "_c_", sudo: "none" },
  ],
});
const accounts = (...names: string[]) => said(names.map((name) => `serviceaccount/${name}\n`).join(""));

export const cases: StepCases = {
  context: users,
  fresh: {
    differences: [
      "anna has no kubeconfig for the cluster on cp",
      "_c_ has no kubeconfig for the cluster on cp",
    ],
  },
  right: {
    "service accounts": accounts("default", objectOf("anna"), objectOf("_c_")),
    "account.anna": said(""),
    "account._c_": said(""),
  },
  alsoRight: {
    "no accounts": {
      context: withMachine({ users: [] }),
      facts: { "service accounts": said("") },
    },
  },
  wrong: {
    "a kubeconfig that its account has changed": {
      facts: { "account._c_": nothing },
      differences: ["_c_ has no kubeconfig for the cluster on cp"],
    },
    "a ServiceAccount of an account that becomes root now": {
      facts: { "service accounts": accounts("default", objectOf("anna"), objectOf("ben"), objectOf("_c_")) },
      differences: [`the ServiceAccount ${objectOf("ben")} belongs to no account`],
    },
  },
  apply: {
    "a fresh machine": {
      answers: [
        ["getent passwd anna", "/home/anna\n"],
        ["getent passwd _c_", "/home/_c_\n"],
      ],
    },
    "a ServiceAccount that is left": {
      on: "a right machine",
      facts: { "service accounts": accounts("default", objectOf("anna"), objectOf("ben"), objectOf("_c_")) },
    },
  },
  undo: { "a right machine": {} },
};
