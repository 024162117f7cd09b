import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { newExercise } from "../../../src/commands/exercise/new.ts";

test("a new exercise lies beside the lab file, with its name, and is never written over", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "lwtest-new-"));
  t.after(() => rm(folder, { recursive: true }));
  t.mock.method(process.stdout, "write", () => true);
  const file = join(folder, "lab.yaml");
  await newExercise("first-pod", { file });
  const place = join(folder, "exercises", "first-pod");
  assert.match(await readFile(join(place, "exercise.yaml"), "utf8"), /first-pod/);
  const task = await readFile(join(place, "task.md"), "utf8");
  assert.doesNotMatch(task, /\{\{/);
  assert.match(await readFile(join(place, "solution.md"), "utf8"), /labwright exercise solution first-pod/);
  await assert.rejects(newExercise("first-pod", { file }), { code: "exercise-twice", exit: 2 });
  assert.equal(await readFile(join(place, "task.md"), "utf8"), task);
});

test("a name that cannot be a folder is refused", async () => {
  for (const name of ["../x", "A", "a b", ""]) await assert.rejects(newExercise(name, {}), name);
});
