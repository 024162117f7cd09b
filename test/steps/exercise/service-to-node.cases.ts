import { listOf, object } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";

const service = (spec: object = {}) =>
  object("Service", "ledger", { spec: { ports: [{ port: 80 }], ...spec } });
const slice = (address = "10.89.0.10", port = 10256, name = "ledger") => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "x", labels: { "kubernetes.io/service-name": name } },
  endpoints: [{ addresses: [address] }],
  ports: [{ port }],
});
const objects = (...items: object[]) => ({ objects: listOf(...items) });

export const cases: StepCases = {
  params: { namespace: "shop", service: "ledger", port: 80, targetPort: 10256 },
  fresh: { differences: ["the API server does not answer"] },
  right: objects(service(), slice(), slice("10.0.0.1", 1, "other")),
  wrong: {
    "no Service": {
      facts: objects(slice()),
      differences: ["the service ledger is missing in the namespace shop"],
    },
    "a selector": {
      facts: objects(service({ selector: { app: "x" } }), slice()),
      differences: ["the service ledger has a selector, so Kubernetes writes its EndpointSlices"],
    },
    "another port": {
      facts: objects(service({ ports: [{ port: 8080 }] }), slice()),
      differences: ["the port of the service ledger: 8080 seen, 80 expected"],
    },
    "no EndpointSlice": {
      facts: objects(service(), slice("10.89.0.10", 10256, "other")),
      differences: ["no EndpointSlice has the label kubernetes.io/service-name=ledger"],
    },
    "another address and another port": {
      facts: objects(service(), slice("10.89.0.11", 80)),
      differences: [
        "the service ledger leads to 10.89.0.11, 10.89.0.10 expected",
        "the service ledger leads to port 80, 10256 expected",
      ],
    },
    "another address besides": {
      facts: objects(service(), slice(), slice("10.89.0.11")),
      differences: ["the service ledger leads to 10.89.0.10 and 10.89.0.11, 10.89.0.10 expected"],
    },
    "an EndpointSlice without anything": {
      facts: objects(service(), { ...slice(), endpoints: [], ports: [] }),
      differences: [
        "the service ledger leads to no address, 10.89.0.10 expected",
        "the service ledger leads to port none, 10256 expected",
      ],
    },
  },
  apply: { "a fresh namespace": {} },
  undo: { always: {} },
};
