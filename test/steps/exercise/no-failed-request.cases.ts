import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const owned = (kind: string, name: string, owner: string, spec: object = {}) => ({
  kind,
  metadata: {
    name,
    labels: { app: owner.replace(/-.*/, "") },
    ownerReferences: [{ kind: "x", name: owner, controller: true }],
  },
  spec,
});
const honest = {
  image: "docker.io/labwright/web:1",
  args: ["load", "http://shop/"],
  volumeMounts: [{ mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }],
};
const behind = (container: object = honest, pod = "shop-1-a", spec: object = {}) =>
  json({
    items: [
      owned("ReplicaSet", "shop-1", "shop"),
      owned("ReplicaSet", "customer-1", "customer"),
      owned("Pod", "shop-1-a", "shop-1"),
      owned("Pod", "customer-1-a", "customer-1", { containers: [container], ...spec }),
      { kind: "Pod", metadata: { name: "decoy", labels: { app: "decoy" } } },
      {
        kind: "EndpointSlice",
        metadata: { name: "s", labels: { "kubernetes.io/service-name": "shop" } },
        endpoints: [{ targetRef: { kind: "Pod", name: pod } }],
      },
    ],
  });
const forged = [
  "the pod customer-1-a is not the customer of this exercise, so its record counts for nothing",
];
const nothingYet = ["customer has had no answer so far"];

export const cases: StepCases = {
  params: {
    namespace: "shop",
    deployment: "shop",
    container: "shop",
    customer: "customer",
    service: "shop",
    images: ["labwright/web:1", "labwright/web:2"],
    patch: { spec: { minReadySeconds: 5 } },
  },
  fresh: { differences: ["the API server does not answer", "the API server does not answer"] },
  right: { behind: behind(), record: json({ asked: 400, failed: 0, versions: ["1", "2"] }) },
  alsoRight: {
    "there and back, and there": {
      facts: { record: json({ asked: 900, failed: 0, versions: ["1", "2", "1", "2"] }) },
    },
  },
  wrong: {
    "failures, and one version alone": {
      facts: {
        record: json({
          asked: 400,
          failed: 3,
          versions: ["1"],
          failure: 'Get "http://shop/": dial tcp 10.96.0.7:80: connect: connection refused',
        }),
      },
      differences: [
        "3 of 400 requests of customer failed: dial tcp 10.96.0.7:80: connect: connection refused",
        "versions that have answered customer alone: 1 seen, 1, then 2 expected",
      ],
    },
    "back at the first version": {
      facts: { record: json({ asked: 400, failed: 0, versions: ["1", "2", "1"] }) },
      differences: ["versions that have answered customer alone: 1, then 2, then 1 seen, 1, then 2 expected"],
    },
    "no version alone": {
      facts: { record: json({ asked: 4, failed: 0, versions: [] }) },
      differences: ["versions that have answered customer alone: none seen, 1, then 2 expected"],
    },
    "no record": { facts: { record: nothing }, differences: nothingYet },
    "no answer so far": {
      facts: { record: json({ asked: 0, failed: 0, versions: [] }) },
      differences: nothingYet,
    },
    "a log that is not a record": {
      facts: { record: said("web: connection refused\n") },
      differences: nothingYet,
    },
    "a customer with another image": {
      facts: { behind: behind({ ...honest, image: "busybox" }) },
      differences: forged,
    },
    "a customer with another command": {
      facts: { behind: behind({ ...honest, command: ["sh"] }) },
      differences: forged,
    },
    "a customer that asks another place": {
      facts: { behind: behind({ ...honest, args: ["load", "http://decoy/"] }) },
      differences: forged,
    },
    "a customer with a volume": {
      facts: { behind: behind({ ...honest, volumeMounts: [{ mountPath: "/usr/local/bin" }] }) },
      differences: forged,
    },
    "a customer on the host's network": {
      facts: { behind: behind(honest, "shop-1-a", { hostNetwork: true }) },
      differences: forged,
    },
    "another pod behind the Service": {
      facts: { behind: behind(honest, "decoy") },
      differences: ["behind the service shop is the pod decoy, which is not of the deployment shop"],
    },
  },
  apply: { "a fresh exercise": {} },
};
