import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ledger" } };
const accounts = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "accounts", namespace: "ledger" } };
const web = (spec: object, status?: object) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "ledger" },
  spec,
  ...(status && { status }),
});
const ledger = { name: "ledger", objects: [namespace, accounts] };

export const cases: StepCases = {
  params: ledger,
  fresh: { differences: ["the API server does not answer"] },
  right: { present: json({ kind: "List", items: [namespace, accounts] }), mine: said("") },
  alsoRight: {
    "a Deployment whose pods are available": {
      params: { name: "web", objects: [web({ replicas: 2 })] },
      facts: { present: json(web({ replicas: 2 }, { availableReplicas: 2 })) },
    },
  },
  wrong: {
    "an API server that does not answer": {
      facts: { present: nothing },
      differences: ["the API server does not answer"],
    },
    "none of them": {
      facts: { present: said("") },
      differences: ["the Namespace ledger is missing", "the ConfigMap accounts in ledger is missing"],
    },
    "one alone, which kubectl prints as no list": {
      facts: { present: json(namespace) },
      differences: ["the ConfigMap accounts in ledger is missing"],
    },
    "the same name in another namespace": {
      facts: {
        present: json({
          items: [namespace, { ...accounts, metadata: { name: "accounts", namespace: "default" } }],
        }),
      },
      differences: ["the ConfigMap accounts in ledger is missing"],
    },
    "a Deployment whose pods start": {
      params: { name: "web", objects: [web({})] },
      facts: { present: json(web({}, { replicas: 1 })) },
      differences: ["the Deployment web in ledger has not all of its pods available"],
    },
  },
  apply: {
    "a fresh cluster": { facts: { present: said("") } },
    "an attempt that was cut short": { on: "a right machine", facts: { present: json(namespace) } },
    "somebody else's object": {
      facts: { present: json(accounts) },
      throws: /the cluster already has a ConfigMap accounts in ledger that labwright did not create/,
    },
  },
  undo: { "a right cluster": {} },
};
