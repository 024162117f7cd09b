import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

export const cases: StepCases = {
  params: { room: 32, key: "/shop/log" },
  fresh: { differences: ["etcd has not been filled up to a quota"] },
  right: { filled: said("") },
  wrong: {
    "etcd has a quota, and is not full": {
      facts: { filled: nothing },
      differences: ["etcd has not been filled up to a quota"],
    },
  },
  apply: { "a fresh machine": { notes: ["starting etcd with a quota", "filling etcd"] } },
  undo: { "a right machine": { notes: ["making room in etcd", "starting etcd without the quota"] } },
};
