import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");
const rooms = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
const files = globSync("docs/decisions/*.md", { cwd: root }).sort();

test("decisions are numbered without a gap", () => {
  assert.ok(files.length > 0);
  for (const [index, file] of files.entries())
    assert.ok(basename(file).startsWith(String(index + 1).padStart(4, "0")), file);
});

for (const file of files)
  test(`${file}: decision, reason and cost on one page, and a link to it`, () => {
    const text = readFileSync(join(root, file), "utf8");
    assert.ok(text.split("\n").length <= 26, "at most 25 lines");
    for (const part of ["Decision", "Why", "What it costs"])
      assert.ok(text.includes(`\n**${part}.** `), part);
    assert.ok(rooms.includes(`](${file})`), "ARCHITECTURE.md links it");
  });
