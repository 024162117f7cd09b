import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { stepOf } from "../../support/steps.ts";
import { cases } from "./nginx-nodeport.cases.ts";

testCases(import.meta.filename, cases);

test("nginx-nodeport refuses ports that are not NodePorts, and unknown parameters", async () => {
  await assert.rejects(stepOf("nginx-nodeport", { nodePort: 80 }));
  await assert.rejects(stepOf("nginx-nodeport", { port: 30080 }));
});
