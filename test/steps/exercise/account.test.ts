import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, stepOf } from "../../support/steps.ts";
import { cases } from "./account.cases.ts";

testCases(import.meta.filename, cases);

test("account: has the account, its home and its groups for itself", async () => {
  const step = await stepOf("account", { name: "thor", groups: ["developers"] });
  assert.deepEqual(step.places?.(checkContextOf("cp")), [
    { kind: "account", name: "thor" },
    { kind: "file", name: "/home/thor" },
    { kind: "account", name: "developers" },
  ]);
});

test("account: takes only names that useradd takes", async () => {
  for (const name of ["Thor", "a b", "$(id)", "-r", "a.b", ""])
    await assert.rejects(stepOf("account", { name }));
  for (const wrong of [{ shell: "bash" }, { shell: "/bin/$x" }, { groups: ["a b"] }])
    await assert.rejects(stepOf("account", { name: "thor", ...wrong }), JSON.stringify(wrong));
});
