import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { stepOf } from "../../support/steps.ts";
import { cases } from "./login-user.cases.ts";

testCases(import.meta.filename, cases);

test("login-user takes only names that useradd takes", async () => {
  for (const name of ["Thor", "a b", "$(id)", "-r", ""]) await assert.rejects(stepOf("login-user", { name }));
});
