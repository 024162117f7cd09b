import assert from "node:assert/strict";
import { test } from "node:test";
import { loadStep } from "../../src/steps/registry.ts";

const names = {
  calico: "pod-network",
  "joined-node": "node-joined-manually",
  "kept-secret": "secret-not-exposed",
  "wanted-objects": "kube-objects",
  "kube-answers": "http-answers",
  "pods-heal": "replicaset-heals",
};

for (const [former, name] of Object.entries(names))
  test(`playbooks may still call the step ${name} ${former}`, async () => {
    assert.ok(await loadStep(name));
    assert.equal(await loadStep(former), await loadStep(name));
  });
