import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { stepOf } from "../../support/steps.ts";
import { cases } from "./file.cases.ts";

testCases(import.meta.filename, cases);

test("file takes absolute paths of files only", async () => {
  for (const path of ["x", "/", "/a/../b", "/a\nb", "/a/"])
    await assert.rejects(stepOf("file", { path }), path);
});
