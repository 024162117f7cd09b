import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { stepOf } from "../../support/steps.ts";
import { cases } from "./docker-reach.cases.ts";

testCases(import.meta.filename, cases);

test("docker-reach takes names of containers, each in one group", async () => {
  await assert.rejects(stepOf("docker-reach", { groups: [["a"], ["a"]] }));
  await assert.rejects(stepOf("docker-reach", { groups: [["a"], ["$(id)"]] }));
});
