import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { checked, json, said } from "../../support/steps.ts";
import { cases } from "./no-failed-request.cases.ts";

testCases(import.meta.filename, cases);

const params = {
  namespace: "shop",
  deployment: "shop",
  container: "shop",
  customer: "customer",
  service: "shop",
  images: ["labwright/web:1", "labwright/web:2", "labwright/web:1"],
  patch: {},
};
const owned = (kind: string, name: string, owner: string, spec: object = {}) => ({
  kind,
  metadata: {
    name,
    labels: { app: owner.replace(/-.*/, "") },
    ownerReferences: [{ name: owner, controller: true }],
  },
  spec,
});
const honest = { image: "labwright/web:1", args: ["load", "http://shop/"] };
const objects = (container: object = honest, spec: object = {}, pod = "shop-1-a") => ({
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
const check = (record: unknown, cluster: object = objects()) =>
  checked("no-failed-request", params, {
    record: typeof record === "string" ? said(record) : json(record),
    behind: json(cluster),
  });

test("no-failed-request: a perfect record of somebody else than the customer counts for nothing", async () => {
  const perfect = { asked: 400, failed: 0, versions: ["1", "2", "1"] };
  const forged = [
    "the pod customer-1-a is not the customer of this exercise, so its record counts for nothing",
  ];
  for (const container of [
    { image: "busybox" },
    { ...honest, command: ["sh", "-c", "echo"] },
    { ...honest, args: ["load", "http://decoy/"] },
    { ...honest, volumeMounts: [{ mountPath: "/usr/local/bin" }] },
  ])
    assert.deepEqual(await check(perfect, objects(container)), forged);
  for (const spec of [{ hostAliases: [{}] }, { hostNetwork: true }, { initContainers: [{}] }])
    assert.deepEqual(await check(perfect, objects(honest, spec)), forged);
  assert.deepEqual(await check(perfect, objects(honest, {}, "decoy")), [
    "behind the service shop is the pod decoy, which is not of the deployment shop",
  ]);
});

test("no-failed-request: there and back, and not one failure", async () => {
  assert.deepEqual(await check({ asked: 400, failed: 0, versions: ["1", "2", "1"] }), []);
  assert.deepEqual(await check({ asked: 900, failed: 0, versions: ["1", "2", "1", "2", "1"] }), []);
});

test("no-failed-request: says what failed, and how far it came", async () => {
  const failure = 'Get "http://shop/": dial tcp 10.96.0.7:80: connect: connection refused';
  assert.deepEqual(await check({ asked: 400, failed: 3, versions: ["1", "2"], failure }), [
    "3 of 400 requests of customer failed: dial tcp 10.96.0.7:80: connect: connection refused",
    "versions that have answered customer alone: 1, then 2 seen, 1, then 2, then 1 expected",
  ]);
});

test("no-failed-request: without a record there is nothing to grade", async () => {
  const none = ["customer has had no answer so far"];
  assert.deepEqual(await check(""), none);
  assert.deepEqual(await check("web: connection refused"), none);
  assert.deepEqual(await check({ asked: 0, failed: 0, versions: [] }), none);
});
