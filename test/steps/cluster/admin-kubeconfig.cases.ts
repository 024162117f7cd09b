import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said, withMachine } from "../../support/steps.ts";

export const cases: StepCases = {
  context: withMachine({ user: "thor" }),
  fresh: { differences: ["~thor/.kube/config is missing"] },
  right: { admin: said("5f1c  -\n"), file: said("5f1c  -\n"), mode: said("thor 600\n") },
  alsoRight: { "another user's": { params: { user: "tony" }, facts: { mode: said("tony 600\n") } } },
  wrong: {
    "the kubeconfig of an earlier cluster": {
      facts: { file: said("90ab  -\n") },
      differences: ["~thor/.kube/config is not the cluster's admin.conf"],
    },
    "a file that all can read": {
      facts: { mode: said("thor 644\n") },
      differences: ["~thor/.kube/config has owner and mode thor 644, not thor 600"],
    },
    "root's file in a user's home": {
      facts: { mode: said("root 600\n") },
      differences: ["~thor/.kube/config has owner and mode root 600, not thor 600"],
    },
    "a control plane without admin.conf": {
      facts: { admin: nothing },
      differences: ["~thor/.kube/config is not the cluster's admin.conf"],
    },
  },
  apply: {
    "a fresh machine": { answers: [["getent passwd thor", "/home/thor\n"]] },
    "another user's": { params: { user: "tony" }, answers: [["getent passwd tony", "/srv/tony\n"]] },
  },
  undo: { "a right machine": {}, "another user's": { params: { user: "tony" } } },
};
