import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { dockerLab } from "../../support/docker-lab.ts";

const lab = dockerLab();
const folder = join(lab.folder, "exercises/note");
const goal = "goal: [{ on: cp, tasks: [file: { path: /opt/note/a, content: a }] }]\n";

before(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "task.md"), "# A note\n\nWrite a note.\n");
  writeFileSync(join(folder, "exercise.yaml"), `title: A note\n${goal}`);
});

test("the solution of labwright's own exercise is shown, and nothing is asked of the engine", async () => {
  const { code, output, changes } = await lab.run(["exercise", "solution", "jobs"]);
  assert.equal(code, 0, output);
  assert.match(output, /A Job that waits for the warehouse/);
  assert.match(output, /kubectl -n jobs delete job stock-take/);
  assert.deepEqual([changes, lab.written()], [[], []]);
});

test("an own exercise without a solution says where to write it, also if the file is empty", async () => {
  for (const text of [undefined, " \n\n"]) {
    if (text !== undefined) writeFileSync(join(folder, "solution.md"), text);
    await lab.refused(
      ["exercise", "solution", "note"],
      2,
      /the exercise note has no text on its solution/,
      /exercises\/note\/solution\.md/,
    );
  }
});

test("an own exercise's solution is shown, as JSON too", async () => {
  writeFileSync(join(folder, "solution.md"), "\n# The way\n\nWith `echo`.\n\n\n");
  const shown = await lab.run(["exercise", "solution", "note"]);
  assert.match(shown.output, /The way[\s\S]*With echo\./);
  const { output } = await lab.run(["exercise", "solution", "note", "--json"]);
  assert.deepEqual(JSON.parse(output), { exercise: "note", solution: "# The way\n\nWith `echo`.\n" });
});

test("a name that there is not is refused", () =>
  lab.refused(["exercise", "solution", "nothing"], 2, /there is no exercise nothing/));
