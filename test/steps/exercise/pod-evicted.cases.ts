import { event, listOf, object, pod, replicaSet } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";

const node = (name: string, status = "True") =>
  object("Node", name, { status: { conditions: [{ type: "Ready", status }] } });
const at = (time: string) => ({ lastTimestamp: `2026-11-30T03:${time}Z` });
const scheduled = (name: string, to: string) => ({
  ...event(name, "Scheduled", `Successfully assigned shop/${name} to ${to}`),
  lastTimestamp: null,
  eventTime: "2026-11-30T03:00:00.123456Z",
});
const evicted = (name: string, message = `Marking for deletion Pod shop/${name}`) =>
  event(name, "TaintManagerEviction", message, at("02:05"));
const running = (name: string, on: string) => pod(name, { controller: "web-1", spec: { nodeName: on } });
const objects = (...items: object[]) => ({
  objects: listOf(replicaSet("web-1", "web"), running("web-1-b", "w1"), scheduled("web-1-a", "w1"), ...items),
});
const lost = (name: string, time: string) => ({ lost: listOf(event(name, "NodeNotReady", "", at(time))) });
const notLost = ["the pod web-1-a was evicted, but its node was not lost"];

export const cases: StepCases = {
  params: { namespace: "shop", deployment: "web" },
  fresh: { differences: ["the API server does not answer"] },
  right: { nodes: listOf(node("cp"), node("w1")), ...lost("w1", "02:00"), ...objects(evicted("web-1-a")) },
  wrong: {
    "a node that is still away": {
      facts: { nodes: listOf(node("cp"), node("w1", "Unknown")) },
      differences: ["the node w1 is not Ready"],
    },
    "nothing was evicted": {
      facts: objects(evicted("other-1-a")),
      differences: ["no pod of the deployment web was evicted because of a taint"],
    },
    "an eviction that was called off": {
      facts: objects(evicted("web-1-a", "Cancelling deletion of Pod shop/web-1-a")),
      differences: ["no pod of the deployment web was evicted because of a taint"],
    },
    "a taint without a lost node": { facts: { lost: listOf() }, differences: notLost },
    "another node was lost": { facts: lost("w2", "02:00"), differences: notLost },
    "the node was lost before the pod was there": { facts: lost("w1", "00:00"), differences: notLost },
    "the node was lost later": { facts: lost("w1", "03:00"), differences: notLost },
  },
  apply: {
    "a pod on a worker": {
      answers: [["get pods,replicasets", listOf(replicaSet("web-1", "web"), running("web-1-b", "w1"))]],
      notes: ["the kubelet of w1 is stopped"],
    },
    "no pod on a worker": { throws: /the deployment web has no pod on a worker/ },
  },
  undo: { always: {} },
};
