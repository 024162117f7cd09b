import { listOf, pod, replicaSet, running } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

const sets = [replicaSet("web-1", "web"), replicaSet("new-1", "new")];
const a = pod("web-1-a", { controller: "web-1" });
const b = pod("web-1-b", { controller: "web-1" });
const c = pod("new-1-c", { controller: "new-1" });

export const cases: StepCases = {
  params: {
    namespace: "shop",
    from: "deployment/visitor",
    url: "http://web/",
    times: 20,
    deployments: ["web", "new"],
  },
  fresh: { differences: ["asked from deployment visitor, http://web/ cannot be asked: "] },
  right: {
    counted: said("new-1-c: 4\nweb-1-a: 7\nweb-1-b: 9\n"),
    asker: running("labwright/web:1"),
    pods: listOf(...sets, a, b, c),
  },
  alsoRight: {
    "a pod that is not ready, and one that is being deleted": {
      facts: {
        pods: listOf(
          ...[...sets, a, b, c],
          pod("web-1-d", { controller: "web-1", ready: false }),
          pod("web-1-e", { controller: "web-1", going: true }),
        ),
      },
    },
  },
  wrong: {
    "one that gets nothing": {
      facts: { counted: said("new-1-c: 4\nweb-1-a: 16\n") },
      differences: ["the pod web-1-b has answered none of 20 requests to http://web/"],
    },
    "one that is nobody's": {
      facts: {
        pods: listOf(...sets, a, b, c, pod("new")),
        counted: said("new: 1\nnew-1-c: 4\nweb-1-a: 7\nweb-1-b: 8\n"),
      },
      differences: ["new has answered, which is not a pod of web and new"],
    },
    "a page that names no pod": {
      facts: { counted: said(": 1\nnew-1-c: 4\nweb-1-a: 7\nweb-1-b: 8\n") },
      differences: ["something without a pod's name has answered, which is not a pod of web and new"],
    },
    "a Deployment without pods": {
      facts: { pods: listOf(...sets, a, b), counted: said("web-1-a: 7\nweb-1-b: 8\n") },
      differences: ["the deployment new has no pod that is ready"],
    },
    "another program asks": {
      facts: { asker: running("forged:1") },
      differences: [
        "deployment visitor runs forged:1 instead of labwright/web, so its word counts for nothing",
      ],
    },
    "no answer": {
      facts: { counted: said("web: dial tcp 10.96.0.1:80: connect: connection refused\n", 1) },
      differences: ["asked from deployment visitor, http://web/ does not answer: connection refused"],
    },
    "an API server that does not answer": {
      facts: { pods: nothing },
      differences: ["the API server does not answer"],
    },
  },
};
