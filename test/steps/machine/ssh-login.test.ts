import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, stepOf } from "../../support/steps.ts";
import { cases } from "./ssh-login.cases.ts";

testCases(import.meta.filename, cases);

test("ssh-login: a machine of which the lab file asks nothing is not asked what its sshd goes by", async () => {
  const { effective } = (await stepOf("ssh-login")).probe(checkContextOf("cp"));
  assert.equal(String(effective), "true");
});
