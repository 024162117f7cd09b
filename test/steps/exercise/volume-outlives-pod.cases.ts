import { event, listOf, object, pod, replicaSet, running } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

const mounting = (claimName: string, mountPath = "/data") =>
  pod("ledger-1-b", {
    controller: "ledger-1",
    spec: {
      volumes: [{ name: "data", persistentVolumeClaim: { claimName } }],
      containers: [{ name: "ledger", volumeMounts: [{ name: "data", mountPath }] }],
    },
  });
const claim = (phase: string) => object("PersistentVolumeClaim", "data", { status: { phase } });
const objects = (...items: object[]) => ({
  objects: listOf(
    replicaSet("ledger-1", "ledger"),
    event("ledger-1", "SuccessfulCreate", "Created pod: ledger-1-a"),
    event("other-1", "SuccessfulCreate", "Created pod: other-1-a"),
    ...items,
  ),
});
const diary = (...pods: string[]) => ({ page: said(`version: 1\npod: x\ndiary: ${pods.join(", ")}\n`) });

export const cases: StepCases = {
  params: { namespace: "shop", deployment: "ledger", claim: "data", path: "/data" },
  fresh: { differences: ["the API server does not answer"] },
  right: {
    ...objects(claim("Bound"), mounting("data", "/data/")),
    ...diary("ledger-1-a", "ledger-1-b"),
    asker: running("labwright/web:1", "ledger"),
  },
  wrong: {
    "no claim": {
      facts: objects(mounting("data")),
      differences: ["the PersistentVolumeClaim data is missing"],
    },
    "a claim that is not bound": {
      facts: objects(claim("Pending"), mounting("data")),
      differences: ["the PersistentVolumeClaim data is Pending, Bound expected"],
    },
    "no pod": {
      facts: objects(claim("Bound")),
      differences: ["the deployment ledger has 0 pods, 1 expected"],
    },
    "another claim": {
      facts: objects(claim("Bound"), mounting("other")),
      differences: ["the pod ledger-1-b does not have the claim data at /data"],
    },
    "another folder": {
      facts: objects(claim("Bound"), mounting("data", "/other")),
      differences: ["the pod ledger-1-b does not have the claim data at /data"],
    },
    "a pod that does not answer": {
      facts: { page: said("web: dial tcp [::1]:8080: connect: connection refused\n", 1) },
      differences: ["the pod of the deployment ledger does not answer: connection refused"],
    },
    "the first pod": {
      facts: diary("ledger-1-b"),
      differences: ["the diary names the pod ledger-1-b alone, and an earlier one is expected"],
    },
    "a pod that never was": {
      facts: diary("other-1-a", "ledger-1-b"),
      differences: ["the diary names other-1-a, which was never a pod of the deployment"],
    },
    "a diary of before": {
      facts: diary("ledger-1-a"),
      differences: ["the diary does not end with the pod ledger-1-b"],
    },
    "no diary": {
      facts: { page: said("pod: x\n") },
      differences: ["the diary does not end with the pod ledger-1-b"],
    },
    "another program": {
      facts: { asker: running("forged:1", "ledger") },
      differences: [
        "deployment ledger runs forged:1 instead of labwright/web, so its word counts for nothing",
      ],
    },
  },
  apply: { "a Deployment with a pod": { on: "a right machine" }, "no pod": {} },
};
