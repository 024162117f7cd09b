import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseLab } from "../../src/lab/load.ts";

const root = join(import.meta.dirname, "../..");

/** The lab files among a page's examples: those that list machines. */
const labFiles = (page: string): string[] =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^```yaml\n([\s\S]*?)^```/gm)]
    .map(([, text]) => text ?? "")
    .filter((text) => /^machines:/m.test(text));

for (const page of ["README.md", ...globSync("docs/*.md", { cwd: root })])
  for (const [at, text] of labFiles(page).entries())
    test(`${page}: the lab file number ${at + 1} is right`, () => {
      const result = parseLab(text, page, { knownPlaybooks: ["cluster", "nginx-nodeport"] });
      assert.deepEqual("problems" in result ? result.problems : [], []);
    });

test("the first page shows a lab file", () => assert.equal(labFiles("README.md").length, 1));
