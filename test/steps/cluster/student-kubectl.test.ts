import assert from "node:assert/strict";
import { test } from "node:test";
import type { CheckContext } from "../../../src/engine/step.ts";
import type { Account } from "../../../src/lab/types.ts";
import { objectOf } from "../../../src/steps/cluster/student-kubectl.ts";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, nothing, said, stepOf } from "../../support/steps.ts";
import { cases } from "./student-kubectl.cases.ts";

testCases(import.meta.filename, cases);

const users: Account[] = [
  { name: "anna", sudo: "none" },
  { name: "ben", sudo: "password" },
  { name: "_c_", sudo: "none" },
];

function context(): CheckContext {
  const bare = checkContextOf("cp");
  const machine = { ...bare.machine, users };
  const machines = bare.lab.machines.map((one) => (one.name === "cp" ? machine : one));
  return { ...bare, machine, lab: { ...bare.lab, machines } };
}

test("student-kubectl: accounts that cannot become root have a kubeconfig, and nobody else", async () => {
  const step = await stepOf("student-kubectl");
  assert.deepEqual(Object.keys(step.probe(context())), ["service accounts", "account.anna", "account._c_"]);
  const facts = { "service accounts": said(""), "account.anna": said(""), "account._c_": nothing };
  assert.deepEqual(step.check(facts, context()), ["_c_ has no kubeconfig for the cluster on cp"]);
});

test("student-kubectl: every account's name becomes an object's, and no two become one", () => {
  const names = ["a_b", "a-b", "_", "a-", "a_"].map(objectOf);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
});
