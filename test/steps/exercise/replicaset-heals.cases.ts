import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const object = (kind: string, rest: object) => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "oven", uid: "1" },
  ...rest,
});
const event = (reason: string, pod: string, uid = "1") =>
  object("Event", {
    reason,
    message: `${reason === "SuccessfulCreate" ? "Created" : "Deleted"} pod: ${pod}`,
    involvedObject: { uid },
  });
const made = (...pods: string[]) => pods.map((pod) => event("SuccessfulCreate", pod));
const events = (...items: object[]) => ({ events: json({ kind: "List", items }) });
const none = (count: number) => [
  `the ReplicaSet oven has made ${count} pods, and none of them to replace a deleted one`,
];

export const cases: StepCases = {
  params: { namespace: "shop", replicaSet: "oven" },
  fresh: { differences: ["the API server does not answer"] },
  right: {
    set: json(object("ReplicaSet", { status: { replicas: 3 } })),
    ...events(...made("oven-a", "oven-b", "oven-c", "oven-d")),
  },
  alsoRight: {
    "a ReplicaSet that was scaled to none after one was replaced": {
      facts: {
        set: json(object("ReplicaSet", { status: {} })),
        ...events(...made("a", "b"), event("SuccessfulDelete", "b")),
      },
    },
  },
  wrong: {
    "no pod was deleted": { facts: events(...made("a", "b", "c")), differences: none(3) },
    "the ReplicaSet was scaled": {
      facts: events(...made("a", "b", "c", "d"), event("SuccessfulDelete", "d")),
      differences: none(4),
    },
    "an event of an earlier ReplicaSet": {
      facts: events(...made("a", "b", "c"), event("SuccessfulCreate", "old", "0")),
      differences: none(3),
    },
    "an event that is repeated": { facts: events(...made("a", "b", "c", "c")), differences: none(3) },
    "no ReplicaSet": { facts: { set: said("") }, differences: ["the ReplicaSet oven is missing"] },
    "an API server that does not answer": {
      facts: { events: nothing },
      differences: ["the API server does not answer"],
    },
  },
  apply: { "a fresh ReplicaSet": {} },
};
