import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const params = { namespace: "shop", service: "front", port: 80, path: "/stock", says: "12 apples" };
const behind = (pod: string) =>
  json({
    items: [
      {
        kind: "ReplicaSet",
        metadata: {
          name: "front-1",
          ownerReferences: [{ kind: "Deployment", name: "front", controller: true }],
        },
      },
      {
        kind: "Pod",
        metadata: {
          name: "front-1-a",
          ownerReferences: [{ kind: "ReplicaSet", name: "front-1", controller: true }],
        },
      },
      { kind: "Pod", metadata: { name: "alone" } },
      {
        kind: "EndpointSlice",
        metadata: { name: "front-x", labels: { "kubernetes.io/service-name": "front" } },
        endpoints: [{ targetRef: { kind: "Pod", name: pod } }],
      },
    ],
  });

export const cases: StepCases = {
  params,
  fresh: { differences: ["there is no service front in the namespace shop"] },
  right: { service: said("10.96.0.7"), page: said("12 apples, 7 pears\n"), behind: said("") },
  alsoRight: {
    "a pod of the deployment alone is behind it": {
      params: { ...params, deployment: "front" },
      facts: { behind: behind("front-1-a") },
    },
  },
  wrong: {
    "no service": {
      facts: { service: nothing },
      differences: ["there is no service front in the namespace shop"],
    },
    "another page": {
      facts: { page: said("the shop\n") },
      differences: ['the service front does not answer at /stock on port 80 with "12 apples"'],
    },
    "another pod behind it": {
      params: { ...params, deployment: "front" },
      facts: { behind: behind("alone") },
      differences: ["behind the service front is the pod alone, which is not of the deployment front"],
    },
  },
};
