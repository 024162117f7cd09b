import { event, listOf, pod, replicaSet } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";

const started = (startedAt: string, restartCount = 0, ready = true) =>
  pod("web-1-a", {
    controller: "web-1",
    ready,
    status: {
      conditions: [
        { type: "Ready", status: ready ? "True" : "False", lastTransitionTime: "2026-11-30T03:00:20Z" },
      ],
      containerStatuses: [{ restartCount, state: { running: { startedAt } } }],
    },
  });
const objects = (...items: object[]) => ({ objects: listOf(replicaSet("web-1", "web"), ...items) });
const killed = event("web-1-a", "Killing", "Container web failed liveness probe, will be restarted");
const liveness = { namespace: "shop", deployment: "web", restarted: true };
const none = ["the kubelet has restarted no container of the deployment web because of a liveness probe"];

export const cases: StepCases = {
  params: { namespace: "shop", deployment: "web", readyAfter: 13 },
  fresh: { differences: ["the API server does not answer"] },
  right: objects(started("2026-11-30T03:00:05Z")),
  alsoRight: {
    "a restart because of the liveness probe": {
      params: liveness,
      facts: objects(started("2026-11-30T03:00:05Z", 1), killed),
    },
  },
  wrong: {
    "ready at once": {
      facts: objects(started("2026-11-30T03:00:19Z")),
      differences: ["the pod web-1-a was ready 1 s after its container's start, before its program answered"],
    },
    "a restart instead": {
      facts: objects(started("2026-11-30T03:00:05Z", 2)),
      differences: ["the container of the pod web-1-a has been restarted 2 times"],
    },
    "not ready": {
      facts: objects(started("2026-11-30T03:00:05Z", 0, false)),
      differences: ["the pod web-1-a is not ready"],
    },
    "no pods": { facts: objects(), differences: ["the deployment web has no pods"] },
    "no restart": {
      params: liveness,
      facts: objects(started("2026-11-30T03:00:05Z")),
      differences: none,
    },
    "a restart for another reason": {
      params: liveness,
      facts: objects(started("2026-11-30T03:00:05Z", 1), event("web-1-a", "BackOff", "Back-off restarting")),
      differences: none,
    },
    "the restart of a pod that is gone": {
      params: liveness,
      facts: objects(started("2026-11-30T03:00:05Z", 1), event("web-1-b", "Killing", killed.message)),
      differences: none,
    },
  },
};
