import assert from "node:assert/strict";
import { test } from "node:test";
import { checked, said } from "../scene.ts";

const check = (phase: string, code = 0) =>
  checked("namespace", { name: "shop" }, { phase: said(phase, code) });

test("namespace: there, missing, or on its way out", async () => {
  assert.deepEqual(await check("Active"), []);
  assert.deepEqual(await check(""), ["the namespace shop is missing"]);
  assert.deepEqual(await check("Terminating"), ["the namespace shop is Terminating"]);
  assert.deepEqual(await check("", 1), ["the API server does not answer"]);
});
