import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { parseLab } from "../../src/lab/load.ts";
import { testBadFiles } from "../support/bad-files.ts";

const names = testBadFiles("lab file", join(import.meta.dirname, "bad"), async (text, name) => {
  const result = parseLab(text, name, { knownPlaybooks: ["cluster", "nginx-nodeport"] });
  assert.ok("problems" in result, "is refused");
  return result.problems;
});

test("there are at least fifty bad lab files", () => {
  assert.ok(names.length >= 50, `${names.length}`);
});
