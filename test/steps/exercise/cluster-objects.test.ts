import assert from "node:assert/strict";
import { test } from "node:test";
import { json, nothing, said, sceneOf, stepOf } from "../../support/steps.ts";

const scene = sceneOf("cp");
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ledger" } };
const accounts = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "accounts", namespace: "ledger" } };
const params = { name: "ledger", objects: [namespace, accounts] };

test("cluster-objects: names what is missing, whatever form kubectl's answer has", async () => {
  const step = await stepOf("cluster-objects", params);
  const answer = (present: ReturnType<typeof said>) => step.check({ present, mine: said("") }, scene);
  assert.deepEqual(answer(json({ items: [namespace, accounts] })), []);
  assert.deepEqual(answer(json(namespace)), ["the ConfigMap accounts in ledger is missing"]);
  assert.deepEqual(answer(said("")), [
    "the Namespace ledger is missing",
    "the ConfigMap accounts in ledger is missing",
  ]);
  assert.deepEqual(answer(nothing), ["the API server does not answer"]);
});

test("cluster-objects: an object of the same name in another namespace is another object", async () => {
  const step = await stepOf("cluster-objects", params);
  const other = { ...accounts, metadata: { name: "accounts", namespace: "default" } };
  assert.deepEqual(step.check({ present: json({ items: [namespace, other] }), mine: said("") }, scene), [
    "the ConfigMap accounts in ledger is missing",
  ]);
});

test("cluster-objects: refuses names that are none of Kubernetes'", async () => {
  await assert.rejects(stepOf("cluster-objects", { ...params, name: "../x" }));
  await assert.rejects(
    stepOf("cluster-objects", { ...params, objects: [{ ...namespace, metadata: { name: "$(id)" } }] }),
  );
});

test("cluster-objects: a Deployment is there when its pods are available", async () => {
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "ledger" },
  };
  const step = await stepOf("cluster-objects", {
    name: "web",
    objects: [{ ...deployment, spec: { replicas: 2 } }],
  });
  const answer = (availableReplicas?: number) =>
    step.check(
      {
        present: json({ ...deployment, spec: { replicas: 2 }, status: { availableReplicas } }),
        mine: said(""),
      },
      scene,
    );
  assert.deepEqual(answer(2), []);
  assert.deepEqual(answer(1), ["the Deployment web in ledger has not all of its pods available"]);
  assert.deepEqual(answer(), ["the Deployment web in ledger has not all of its pods available"]);
});
