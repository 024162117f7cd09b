import { listOf, object, pod, replicaSet } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";

const labels = { app: "web-debug" };
const managedFields = [{ manager: "kube-controller-manager" }, { manager: "kubectl-label" }];
const made = { generateName: "web-1-", managedFields };
const released = pod("web-1-a", { labels, metadata: made });
const other = pod("web-1-b", { labels: { app: "web" }, controller: "web-1" });
const slice = (name: string) => object("EndpointSlice", "web-x", { endpoints: [{ targetRef: { name } }] });
const objects = (...items: object[]) => ({ objects: listOf(replicaSet("web-1", "web"), other, ...items) });

export const cases: StepCases = {
  params: { namespace: "shop", deployment: "web", label: "app", value: "web-debug" },
  fresh: { differences: ["the API server does not answer"] },
  right: objects(released, slice("web-1-b")),
  alsoRight: {
    "another one that is being deleted": { facts: objects(released, pod("x", { labels, going: true })) },
  },
  wrong: {
    "no such pod": { facts: objects(), differences: ["no pod has the label app=web-debug"] },
    "a pod that was run by hand": {
      facts: objects(pod("debug", { labels, metadata: { managedFields } })),
      differences: ["the pod debug was not made by the deployment web"],
    },
    "a pod that only looks like one of the Deployment": {
      facts: objects(
        pod("web-1-z", {
          labels,
          metadata: { generateName: "web-1-", managedFields: [{ manager: "kubectl-create" }] },
        }),
      ),
      differences: ["the pod web-1-z was not made by the deployment web"],
    },
    "a pod of another Deployment": {
      facts: objects(pod("debug-1-a", { labels, controller: "debug-1", metadata: made })),
      differences: ["the pod debug-1-a still has a controller, debug-1"],
    },
    "a pod that has ended": {
      facts: objects(pod("web-1-a", { labels, ready: false, metadata: made })),
      differences: ["the pod web-1-a is not ready, so there is nothing to look into"],
    },
    "a pod behind another Service": {
      facts: objects(released, slice("web-1-a")),
      differences: ["the pod web-1-a is still behind a Service"],
    },
  },
  apply: { "a Deployment with pods": { on: "a right machine" }, "no pods": {} },
};
