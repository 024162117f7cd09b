import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { loadExercise } from "../../src/exercises/load.ts";
import { missingNeeds } from "../../src/exercises/needs.ts";
import { parseLab } from "../../src/lab/load.ts";

const examples = join(import.meta.dirname, "../../examples");

function labOf(file: string) {
  const result = parseLab(readFileSync(join(examples, file), "utf8"), file, {
    knownPlaybooks: ["cluster", "nginx-nodeport"],
  });
  assert.ok("lab" in result, JSON.stringify(result));
  return result.lab;
}

const files = globSync(["*.yaml", "*/lab.yaml"], { cwd: examples });

for (const file of files) test(`examples/${file} is a lab file that is right`, () => void labOf(file));

test("there is an example of each way that people start", () =>
  assert.deepEqual(files.map((file) => file.replace(/(\/lab)?\.yaml$/, "")).sort(), [
    ...[
      "addons",
      "aws",
      "classroom",
      "existing-hosts",
      "hetzner",
      "high-availability",
      "own-exercise",
      "single-machine",
    ],
  ]));

test("every exercise beside an example's lab file can be read, and its lab has what it needs", async () => {
  const found = globSync("*/exercises/*/exercise.yaml", { cwd: examples });
  assert.ok(found.length > 0);
  for (const file of found) {
    const folder = dirname(join(examples, file));
    const exercise = await loadExercise(folder, basename(folder), emptyStore);
    const lab = labOf(join(dirname(dirname(dirname(file))), "lab.yaml"));
    assert.deepEqual(missingNeeds(exercise, lab), []);
  }
});
