import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const made = (second: number) =>
  json({
    kind: "ConfigMap",
    metadata: { name: "log", creationTimestamp: new Date(second * 1000).toISOString() },
  });

export const cases: StepCases = {
  params: { namespace: "shop", configMap: "log", down: "spare" },
  fresh: { differences: ["the API server does not answer"] },
  right: { object: made(1500), began: said("1000\n"), back: said("2000\n") },
  alsoRight: {
    "the machine is still down": { facts: { back: nothing } },
    "in the second in which it went down": { facts: { object: made(1000) } },
  },
  wrong: {
    "no ConfigMap": {
      facts: { object: said("") },
      differences: ["the configmap log is missing in the namespace shop"],
    },
    "one from before": {
      facts: { object: made(999) },
      differences: ["the configmap log is older than the outage of spare"],
    },
    "one from afterwards": {
      facts: { object: made(2000) },
      differences: ["the configmap log was created when spare was back already"],
    },
    "a machine that was not down": { facts: { began: nothing }, differences: ["spare has not been down"] },
  },
  apply: { "no ConfigMap": { facts: { object: said("") } } },
  undo: { "a right machine": {} },
};
