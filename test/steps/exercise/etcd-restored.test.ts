import assert from "node:assert/strict";
import { test } from "node:test";
import { json, nothing, said, sceneOf, stepOf } from "../../support/steps.ts";

const scene = sceneOf("cp");
const params = {
  namespace: "ledger",
  objects: ["configmap/accounts", "configmap/rates"],
  snapshot: "/var/backups/a.db",
};
const at = (second: number) => new Date(second * 1000).toISOString();
const object = (kind: string, name: string, second: number) => ({
  kind,
  metadata: { name, creationTimestamp: at(second) },
});

const restored = {
  born: said("2000\n"),
  log: said("5f1c\n90ab\n"),
  namespace: json(object("Namespace", "ledger", 1000)),
  objects: json({ items: [object("ConfigMap", "accounts", 1001), object("ConfigMap", "rates", 1001)] }),
};

async function answer(change: Partial<typeof restored>): Promise<readonly string[]> {
  return (await stepOf("etcd-restored", params)).check({ ...restored, ...change }, scene);
}

test("etcd-restored: content with old objects in data that is younger than they are", async () => {
  assert.deepEqual(await answer({}), []);
});

test("etcd-restored: objects that were never lost are no restore, nor are objects made anew", async () => {
  assert.match(String(await answer({ born: said("500\n") })), /nothing has been restored/);
  assert.deepEqual(await answer({ namespace: json(object("Namespace", "ledger", 2500)) }), [
    "etcd works with data that is older than the namespace ledger: nothing has been restored",
  ]);
  const half = json({ items: [object("ConfigMap", "accounts", 1001), object("ConfigMap", "rates", 2100)] });
  assert.deepEqual(await answer({ objects: half }), [
    "the ConfigMap rates has been made anew, and not restored",
  ]);
});

test("etcd-restored: data that was copied, or put aside and back, still has its log", async () => {
  assert.match(String(await answer({ log: said("5f1c\n5f1c\n") })), /the log that it had before/);
  assert.deepEqual(await answer({ log: nothing }), [], "an etcd that does not answer is told by other words");
});

test("etcd-restored: tells what is missing, also where kubectl prints a single object", async () => {
  assert.deepEqual(await answer({ objects: json(object("ConfigMap", "rates", 1001)) }), [
    "configmap/accounts is not there in the namespace ledger",
  ]);
  assert.match(String(await answer({ objects: said("") })), /accounts is not there.*rates is not there/);
  assert.deepEqual(await answer({ namespace: said("") }), ["the namespace ledger is not there"]);
});

test("etcd-restored: what does not run is told as that", async () => {
  assert.deepEqual(await answer({ born: nothing }), ["etcd does not run"]);
  assert.deepEqual(await answer({ namespace: nothing }), ["the API server does not answer"]);
});
