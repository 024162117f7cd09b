import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, lab, said, stepOf } from "../../support/steps.ts";
import { cases } from "./pod-network.cases.ts";

testCases(import.meta.filename, cases);

const nothing = { heading: said("", 1), wanted: said("", 1), present: said("", 1), others: said("") };

/** The check in a lab with that network plugin. */
async function differences(plugin: "calico" | "none", facts: Partial<typeof nothing>) {
  const cluster = { ...lab.cluster, network: { ...lab.cluster.network, plugin } };
  const context = { ...checkContextOf("cp"), lab: { ...lab, cluster } };
  return (await stepOf("pod-network")).check({ ...nothing, ...facts }, context);
}

const heading =
  '# Written by labwright: Calico 3.31.0 {"podSubnet":"10.244.0.0/16","typha":true,"apiServer":"10.89.0.10"} adaptation 7\n';

test("pod-network: a fresh control plane, one with all objects, and one that lacks some", async () => {
  assert.deepEqual(await differences("calico", {}), ["Calico has not been applied with the lab's settings"]);
  const applied = { heading: said(heading), wanted: said("2\n"), present: said("one\ntwo\n") };
  assert.deepEqual(await differences("calico", applied), []);
  assert.deepEqual(await differences("calico", { ...applied, present: said("one\n") }), [
    "1 of Calico's objects are missing",
  ]);
  const earlier = { ...applied, heading: said(heading.replace("adaptation 7", "adaptation 6")) };
  assert.deepEqual(await differences("calico", earlier), [
    "Calico has not been applied with the lab's settings",
  ]);
});

test("pod-network: with the plugin none nothing is installed, and an installed network is not left unsaid", async () => {
  assert.deepEqual(await differences("none", {}), []);
  assert.deepEqual(await differences("none", { others: said("calico\n") }), [
    "Calico 3.31.0 is installed, and the lab file names the plugin none",
  ]);
});

test("pod-network: playbooks may still call the step calico", async () => {
  const facts = { heading: said(heading), wanted: said("1\n"), present: said("one\n"), others: said("") };
  assert.deepEqual((await stepOf("calico")).check(facts, checkContextOf("cp")), []);
});
