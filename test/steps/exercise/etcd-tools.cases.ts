import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

export const cases: StepCases = {
  fresh: {
    facts: { present: said("", 2) },
    differences: ["/usr/local/bin/etcdctl is missing", "/usr/local/bin/etcdutl is missing"],
  },
  right: { present: said("/usr/local/bin/etcdctl\n/usr/local/bin/etcdutl\n") },
  wrong: {
    "one of them": {
      facts: { present: said("/usr/local/bin/etcdctl\n", 2) },
      differences: ["/usr/local/bin/etcdutl is missing"],
    },
  },
  apply: { "a fresh machine": {} },
  undo: { "a right machine": {} },
};
