import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { ArtifactStore } from "../../src/artifacts/lazy.ts";
import { openWorld } from "../../src/commands/shared/world.ts";
import type { Activity } from "../../src/engine/activity.ts";
import { grade } from "../../src/exercises/grade.ts";
import { loadExercise } from "../../src/exercises/load.ts";
import { prove } from "../../src/exercises/prove.ts";
import { differencesBetween, record } from "../../src/exercises/recording/record.ts";
import type { Recording } from "../../src/exercises/recording/types.ts";
import type { Exercise } from "../../src/exercises/types.ts";
import type { Workshop } from "../../src/exercises/work.ts";
import { sh } from "../../src/hosts/sh.ts";
import { loadLab } from "../../src/lab/load.ts";
import { openProvider } from "../../src/providers/registry.ts";
import { type Ran, type TestLab, testLab } from "./support.ts";

/** Two machines without a cluster: what exercises do to machines, and what goes wrong, needs no more. */
const machines =
  "machines: [{ name: cp, role: control-plane }, { name: stapp01, role: app-server }]\nplaybooks: []\n";

let lab: TestLab;
let asItWas: Recording;

before(async () => {
  lab = await testLab("e2e-exercises", machines);
  await lab.labwright(["down"]);
  succeeds(await lab.labwright(["up"]));
  asItWas = await inLab(({ world }) => record(world));
});
after(async () => {
  await lab?.engine.docker.run(sh`unpause labwright-e2e-exercises.stapp01`).catch(() => {});
  await lab?.labwright(["down"]);
});

const succeeds = (ran: Ran) => assert.equal(ran.code, 0, ran.output);
const silent: Activity = { note: () => {}, child: (_kind, _title, work) => work(silent, () => {}) };

/** Works on the lab in this process, past the command line. */
async function inLab<T>(
  work: (shop: Workshop) => Promise<T>,
  patience = { seconds: 10, silence: 10_000 },
): Promise<T> {
  const found = await loadLab(lab.file, { knownPlaybooks: [] });
  const { signal } = new AbortController();
  const world = await openWorld(found, await openProvider(found), signal, patience);
  const artifacts = {} as ArtifactStore;
  return work({ world, artifacts, activity: silent, signal }).finally(() => world.close());
}

async function write(name: string, yaml: string): Promise<Exercise> {
  const folder = join(dirname(lab.file), "exercises", name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "task.md"), `# ${name}\n`);
  await writeFile(join(folder, "exercise.yaml"), `title: ${name}\n${yaml}`);
  return loadExercise(folder, name);
}

const goalOf = (...tasks: string[]): string =>
  `goal: [{ title: The files, on: stapp01, tasks: [${tasks.map((task) => `{ file: { ${task} } }`).join(", ")}] }]\n`;

async function isAsItWas(): Promise<void> {
  assert.deepEqual(differencesBetween(asItWas, await inLab(({ world }) => record(world))), []);
}

test("what `new` lays out proves green, with a JUnit report", async () => {
  succeeds(await lab.labwright(["exercise", "new", "mine"]));
  const report = `${lab.file}.xml`;
  succeeds(await lab.labwright(["exercise", "prove", "mine", "--junit", report]));
  assert.match(await readFile(report, "utf8"), /<testcase [^>]*wrong attempt: readable by all/);
  await isAsItWas();
});

test("an exercise whose goal is right from the start is red, and says so", async () => {
  await write(
    "early",
    `setup: [{ on: stapp01, tasks: [{ file: { path: /root/a } }] }]\n${goalOf("path: /root/a, mode: '0644'")}`,
  );
  const ran = await lab.labwright(["exercise", "prove", "early"]);
  assert.equal(ran.code, 1, ran.output);
  assert.match(ran.output, /the goal "The files" \(.*\) is right before the student did anything/);
  await isAsItWas();
});

test("an exercise whose solution does not satisfy its goals is red, and says so", async () => {
  await write("unsolved", goalOf("path: /root/b, mode: '0600'", "path: /root/b, mode: '0644'"));
  const ran = await lab.labwright(["exercise", "prove", "unsolved"]);
  assert.equal(ran.code, 1, ran.output);
  assert.match(
    ran.output,
    /"The files" is not right on stapp01: \/root\/b: its mode is 0644, expected is 0600/,
  );
  await isAsItWas();
});

test("an exercise whose undo leaves something is red, and says what; it is cleared up all the same", async () => {
  const exercise = await write("leaves", goalOf("path: /root/c"));
  for (const task of exercise.goal[0]?.tasks ?? []) task.step = { ...task.step, undo: async () => {} };
  const found = await inLab((shop) => prove(exercise, shop));
  assert.match(
    found.join("\n"),
    /undoing left a difference: stapp01: the file \/root\/c is there and was not before/,
  );
  await lab.inside("stapp01", "rm -rf /var/lib/labwright/before");
  await isAsItWas();
});

test("a wrong attempt that is graded as right, or with other words, is red", async () => {
  const wrong = `wrong:\n  - { name: none, on: stapp01, run: touch /root/d, expect: x }\n  - { name: other words, on: stapp01, run: mkdir /root/d, expect: chocolate }\n`;
  await write("lenient", `${goalOf("path: /root/d")}${wrong}`);
  const ran = await lab.labwright(["exercise", "prove", "lenient"]);
  assert.equal(ran.code, 1, ran.output);
  assert.match(ran.output, /it is graded as right/);
  assert.match(ran.output, /does not say "chocolate", but: \/root\/d is a directory, not a file/);
  await isAsItWas();
});

test("what a wrong attempt does a moment later is waited for", async () => {
  const later = "nohup sh -c 'sleep 3; mkdir /root/e' >/dev/null 2>&1 &";
  await write(
    "later",
    `${goalOf("path: /root/e")}wrong:\n  - { name: later, on: stapp01, run: "${later}", expect: is a directory }\n`,
  );
  succeeds(await lab.labwright(["exercise", "prove", "later"]));
  await isAsItWas();
});

test("a reset while another exercise is half done leaves that one as it is", async () => {
  await write("one", goalOf("path: /root/one"));
  await write(
    "other",
    `setup: [{ on: stapp01, tasks: [{ file: { path: /root/given } }] }]\n${goalOf("path: /root/half", "path: /root/rest")}`,
  );
  succeeds(await lab.labwright(["exercise", "start", "one"]));
  succeeds(await lab.labwright(["exercise", "start", "other"]));
  assert.equal((await lab.labwright(["exercise", "start", "one"])).code, 2);
  await lab.inside("stapp01", "touch /root/one /root/half /root/whose");
  succeeds(await lab.labwright(["exercise", "check", "one"]));
  const reset = await lab.labwright(["exercise", "reset", "one"]);
  succeeds(reset);
  assert.match(reset.output, /Left for exercises that are still started:[\s\S]*\/root\/whose/);
  assert.equal(await lab.inside("stapp01", "ls /root"), "given\nhalf\nwhose");
  const half = JSON.parse((await lab.labwright(["exercise", "check", "other", "--json"])).output);
  assert.deepEqual([half.passed, half.right, half.goals.length], [false, 1, 2]);
  assert.match((await lab.labwright(["exercise", "hint", "other"])).output, /no hints/);
  succeeds(await lab.labwright(["exercise", "solve", "other"]));
  succeeds(await lab.labwright(["exercise", "check", "other"]));
  succeeds(await lab.labwright(["exercise", "reset", "other"]));
  await isAsItWas();
});

test("a machine cut off in the middle of grading is told as unreachable within 15 seconds, the other is graded", async () => {
  const both = "goal: [{ on: [cp, stapp01], tasks: [{ file: { path: /root/e } }] }]\n";
  const exercise = await write("both", both);
  await inLab(async ({ world }) => {
    await Promise.all([world.host("cp"), world.host("stapp01")]);
    await lab.engine.docker.run(sh`pause labwright-e2e-exercises.stapp01`);
    const started = Date.now();
    const graded = await grade(exercise, world, silent);
    const seconds = (Date.now() - started) / 1000;
    await lab.engine.docker.run(sh`unpause labwright-e2e-exercises.stapp01`);
    assert.deepEqual(
      graded.map(({ machine, verdict }) => `${machine} ${verdict}`),
      ["cp wrong", "stapp01 unreachable"],
    );
    assert.ok(seconds < 15, `${seconds} s`);
  });
});

test("names that a path or a shell would read are refused by every command, and nothing is run", async () => {
  for (const command of ["start", "check", "hint", "solve", "reset", "prove", "new"]) {
    for (const name of ["$(touch /tmp/labwright-was-run)", "a b", "a'b\"", "a\nb", "../x"]) {
      const ran = await lab.labwright(["exercise", command, name]);
      assert.equal(ran.code, 2, `${command} ${name}: ${ran.output}`);
    }
  }
  await assert.rejects(readFile("/tmp/labwright-was-run"));
});
