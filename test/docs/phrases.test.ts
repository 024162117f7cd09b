import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");

/** Literal translations that once stood in the program and its docs. */
const phrases = /\bin vain\b|\banew\b|\bnothing to nothing\b|\bwhat is so already\b/i;

test("no phrase that was replaced comes back", () => {
  const listed = execFileSync("git", ["ls-files", "src", "docs", "playbooks", "templates", "README.md"], {
    cwd: root,
    encoding: "utf8",
  });
  const files = listed.split("\n").filter((file) => /\.(ts|md|yaml|sh)$/.test(file));
  assert.ok(files.length > 400, "the repository's files are listed");
  for (const file of files)
    for (const [index, line] of readFileSync(join(root, file), "utf8").split("\n").entries())
      assert.doesNotMatch(line, phrases, `${file}:${index + 1}`);
});
