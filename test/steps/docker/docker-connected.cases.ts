import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

const params = { network: "shop", containers: ["web", "db"] };
const original = { ...params, original: true };

export const cases: StepCases = {
  params,
  fresh: { differences: ["there is no container web", "there is no container db"] },
  right: { web: said("shop\n\n"), db: said("shop\n\n"), "made by labwright": said("") },
  alsoRight: {
    "the containers that were there": {
      params: original,
      facts: { "made by labwright": said("db\nweb\n") },
    },
  },
  wrong: {
    "on another network too": {
      facts: { web: said("bridge\nnews\nshop\n") },
      differences: ["web is on the network bridge, news too"],
    },
    "on a network whose name begins alike": {
      facts: { db: said("shop2\n") },
      differences: ["db is not on the network shop", "db is on the network shop2 too"],
    },
    "no container": { facts: { web: nothing }, differences: ["there is no container web"] },
    "another container of that name": {
      params: original,
      facts: { "made by labwright": said("db\nwebber\n") },
      differences: ["web is not the container that was there"],
    },
  },
  apply: { "containers elsewhere": {} },
  undo: { "a right machine": {} },
};
