import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, stepOf } from "../../support/steps.ts";
import { cases } from "./cluster-objects.cases.ts";

testCases(import.meta.filename, cases);

const _scene = checkContextOf("cp");
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ledger" } };
const accounts = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "accounts", namespace: "ledger" } };
const params = { name: "ledger", objects: [namespace, accounts] };

test("cluster-objects: refuses names that are none of Kubernetes'", async () => {
  await assert.rejects(stepOf("cluster-objects", { ...params, name: "../x" }));
  await assert.rejects(
    stepOf("cluster-objects", { ...params, objects: [{ ...namespace, metadata: { name: "$(id)" } }] }),
  );
});
