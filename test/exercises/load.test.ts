import assert from "node:assert/strict";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { LabwrightError } from "../../src/errors.ts";
import { assertName, exerciseFolders, findExercise } from "../../src/exercises/find.ts";
import { loadExercise } from "../../src/exercises/load.ts";
import { assertNeeds } from "../../src/exercises/needs.ts";
import { FileProblems } from "../../src/lab/problem.ts";
import type { Lab } from "../../src/lab/types.ts";
import { stepNames } from "../../src/steps/registry.ts";

async function folderWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-exercise-"));
  await writeFile(join(folder, "exercise.yaml"), text);
  await writeFile(join(folder, "task.md"), "# Do it\n");
  return folder;
}

const goal = "goal: [{ on: stapp01, tasks: [{ file: { path: /root/x } }] }]\n";

const problemsOf = async (text: string): Promise<string[]> => {
  const thrown = await loadExercise(await folderWith(text), "x", emptyStore).catch((error: unknown) => error);
  assert.ok(thrown instanceof FileProblems, String(thrown));
  assert.equal(thrown.exit, 2);
  return thrown.problems.map(({ line, column, message }) => `${line}:${column} ${message.split("\n")[0]}`);
};

test("an exercise has defaults, a time limit in seconds, and plays that follow each other", async () => {
  const text = `title: T\ntimeLimit: 30m\nsetup: [{ on: [stapp01, worker], tasks: [{ file: { path: /root/y } }] }]\n${goal}  `;
  const {
    points,
    timeLimit,
    setup,
    goal: goals,
    needs,
    task,
  } = await loadExercise(await folderWith(text), "x", emptyStore);
  assert.deepEqual([points, timeLimit, task], [10, 1800, "# Do it\n"]);
  assert.deepEqual(setup[0]?.on, ["stapp01", "worker"]);
  assert.deepEqual(goals[0]?.tasks[0]?.title, "file /root/x");
  assert.deepEqual(
    needs.map(({ name }) => name),
    ["stapp01", "worker"],
  );
});

test("everything that is wrong is told at once, each with its line and column", async () => {
  assert.deepEqual(await problemsOf("title: T\nhint: [a]\n"), [
    "1:1 goal: Invalid input: expected array, received undefined",
    "2:1 an exercise has no key hint",
  ]);
  assert.deepEqual(await problemsOf(`title: ""\ntimeLimit: soon\n${goal}`), [
    "1:8 title: say something here",
    "2:12 timeLimit: a time is a number with s, m or h, such as 30m",
  ]);
  const steps = "title: T\ngoal:\n  - on: cp\n    tasks:\n      - fil: {}\n      - file: { path: x }\n";
  assert.deepEqual(await problemsOf(steps), [
    `5:9 there is no step "fil"; did you mean file? Known are: ${stepNames().join(", ")}`,
    '6:9 the parameters of "file" are not right: ✖ a path is absolute, and names a file',
  ]);
});

test("a name that a path or a shell would read is refused before anything is looked for", async () => {
  for (const name of [
    "../x",
    "a b",
    "a'b",
    '"',
    "$(id)",
    "a\nb",
    "",
    "A",
    ".",
    "x".repeat(64),
    "-x",
    "a/b",
    "`id`",
  ])
    assert.throws(
      () => assertName(name),
      (error) => error instanceof LabwrightError && error.exit === 2 && !error.message.includes("\n"),
      JSON.stringify(name),
    );
});

test("exercises beside the lab file are found; an unknown one is answered with those that there are", async () => {
  const home = await mkdtemp(join(tmpdir(), "labwright-exercises-"));
  await mkdir(join(home, "exercises", "mine"), { recursive: true });
  await mkdir(join(home, "exercises", "$(id)"));
  const names = [...(await exerciseFolders(join(home, "lab.yaml"))).keys()];
  assert.ok(names.includes("mine") && !names.includes("$(id)"), names.join());
  await assert.rejects(findExercise(join(home, "lab.yaml"), "min", emptyStore), /there is no exercise min/);
});

test("what the lab lacks is told with its place and the line that the lab file should have", async () => {
  const folder = await folderWith(
    `title: T\nneeds:\n  - { name: stapp01, role: app-server, software: [docker] }\n  - cluster\n${goal}`,
  );
  const exercise = await loadExercise(folder, "x", emptyStore);
  const lab = { name: "basics", playbooks: [], machines: [] } as unknown as Lab;
  assert.throws(
    () => assertNeeds(exercise, lab, ["cluster"]),
    (error) => {
      assert.ok(error instanceof LabwrightError);
      assert.match(error.message, /exercise.yaml:3:5: x needs stapp01, .*\n.*:4:5: x needs cluster/);
      assert.match(
        error.remedy,
        /`- { name: stapp01, role: app-server, software: \[docker\] }`; add cluster to/,
      );
      return error.exit === 2;
    },
  );
});
