import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { LabwrightError } from "../../src/errors.ts";
import { assertName, exerciseFolders, findExercise } from "../../src/exercises/find.ts";
import { loadExercise } from "../../src/exercises/load.ts";
import { assertNeeds } from "../../src/exercises/needs.ts";
import type { Lab } from "../../src/lab/types.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function folderWith(text: string): Promise<string> {
  const folder = await temporaryFolder("exercise");
  await writeFile(join(folder, "exercise.yaml"), text);
  await writeFile(join(folder, "task.md"), "# Do it\n");
  return folder;
}

const goal = "goal: [{ on: stapp01, tasks: [{ file: { path: /root/x } }] }]\n";

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
  const home = await temporaryFolder("exercises");
  await mkdir(join(home, "exercises", "mine"), { recursive: true });
  await mkdir(join(home, "exercises", "$(id)"));
  const names = [...(await exerciseFolders(join(home, "lab.yaml"))).keys()];
  assert.ok(names.includes("mine") && !names.includes("$(id)"), names.join());
  await assert.rejects(findExercise(join(home, "lab.yaml"), "min", emptyStore), /there is no exercise min/);
});

test("an exercise on NetworkPolicies is refused where they have no effect, and not where nobody knows", async () => {
  const exercise = await loadExercise(
    await folderWith(`title: T\nneeds: [network-policies]\n${goal.replace("stapp01", "localhost")}`),
    "x",
    emptyStore,
  );
  const on = (plugin: string) =>
    ({ name: "basics", playbooks: [], machines: [], cluster: { network: { plugin } } }) as unknown as Lab;
  for (const plugin of ["calico", "none"]) assertNeeds(exercise, on(plugin), []);
  assert.throws(
    () => assertNeeds(exercise, on("flannel"), []),
    (error) =>
      error instanceof LabwrightError &&
      error.exit === 2 &&
      /:2:9: x needs network-policies, and the pod network of the lab basics, flannel, ignores them$/.test(
        error.message,
      ) &&
      error.remedy.includes("`plugin: calico`"),
  );
});

test("an exercise that needs an older release is refused in a lab with the oldest", async () => {
  const exercise = await loadExercise(
    await folderWith(`title: T\nneeds: [previous-release]\n${goal.replace("stapp01", "localhost")}`),
    "x",
    emptyStore,
  );
  const on = (version: string) =>
    ({ name: "basics", playbooks: [], machines: [], cluster: { version } }) as unknown as Lab;
  for (const version of ["1.36", "1.36.1", "1.37"]) assertNeeds(exercise, on(version), []);
  for (const version of ["1.35", "1.35.2"])
    assert.throws(
      () => assertNeeds(exercise, on(version), []),
      (error) =>
        error instanceof LabwrightError &&
        error.exit === 2 &&
        /:2:9: x needs previous-release, and the lab basics has Kubernetes 1.35, the oldest release that labwright installs$/.test(
          error.message,
        ) &&
        error.remedy.includes('set `version: "1.36"` in `cluster`'),
    );
});

test("a need that is a word of JavaScript is a machine like any other", async () => {
  const exercise = await loadExercise(
    await folderWith(`title: T\nneeds: [constructor]\n${goal.replace("stapp01", "localhost")}`),
    "x",
    emptyStore,
  );
  const lab = { name: "basics", playbooks: [], machines: [], cluster: {} } as unknown as Lab;
  assert.throws(() => assertNeeds(exercise, lab, []), /x needs constructor, and the lab basics has none/);
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
