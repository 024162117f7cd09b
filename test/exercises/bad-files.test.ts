import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { loadExercise } from "../../src/exercises/load.ts";
import { FileProblems } from "../../src/lab/problem.ts";
import { testBadFiles } from "../support/bad-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

testBadFiles("exercise", join(import.meta.dirname, "bad"), async (text, name) => {
  const folder = await temporaryFolder("exercise");
  await writeFile(join(folder, "exercise.yaml"), text);
  await writeFile(join(folder, "task.md"), "# Do it\n");
  const thrown = await loadExercise(folder, "x", emptyStore).catch((error: unknown) => error);
  assert.ok(thrown instanceof FileProblems, String(thrown));
  assert.equal(thrown.exit, 2);
  return thrown.problems.map((problem) => {
    assert.equal(problem.file, join(folder, "exercise.yaml"));
    return { ...problem, file: name };
  });
});
