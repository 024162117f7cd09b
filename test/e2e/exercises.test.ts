import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { Activity } from "../../src/activity/activity.ts";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { grade } from "../../src/exercises/grade.ts";
import { loadExercise } from "../../src/exercises/load.ts";
import { prove } from "../../src/exercises/prove.ts";
import type { Exercise } from "../../src/exercises/types.ts";
import type { ExerciseContext } from "../../src/exercises/work.ts";
import { quoted, sh } from "../../src/hosts/sh.ts";
import { loadLab } from "../../src/lab/load.ts";
import { openProvider } from "../../src/providers/registry.ts";
import { differencesBetween } from "../../src/recording/differences.ts";
import { record } from "../../src/recording/record.ts";
import type { Recording } from "../../src/recording/types.ts";
import { connectInventory } from "../../src/session/inventory.ts";
import { succeeds, type TestLab, testLab } from "./support.ts";

/** Two machines without a cluster: what exercises do to machines, and what goes wrong, needs no more. */
const machines =
  "machines: [{ name: cp, role: control-plane }, { name: stapp01, role: app-server }]\nplaybooks: []\n";

let lab: TestLab;
let asItWas: Recording;

before(async () => {
  lab = await testLab("e2e-exercises", machines);
  await lab.labwright(["down"]);
  succeeds(await lab.labwright(["up"]));
  asItWas = await inLab(({ inventory }) => record(inventory));
});
after(async () => {
  await lab?.engine.docker.run(sh`unpause labwright-e2e-exercises.stapp01`).catch(() => {});
  await lab?.labwright(["down"]);
});

const silent: Activity = {
  note: () => {},
  expect: () => {},
  child: (_kind, _title, work) => work(silent, () => {}),
};

/** Works on the lab in this process, past the command line. */
async function inLab<T>(
  work: (shop: ExerciseContext) => Promise<T>,
  patience = { seconds: 10, silence: 10_000 },
): Promise<T> {
  const found = await loadLab(lab.file, { knownPlaybooks: [] });
  const { signal } = new AbortController();
  const inventory = await connectInventory(found, await openProvider(found), signal, patience);
  return work({ inventory, activity: silent, signal }).finally(() => inventory.close());
}

async function write(name: string, yaml: string): Promise<Exercise> {
  const folder = join(dirname(lab.file), "exercises", name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "task.md"), `# ${name}\n`);
  await writeFile(join(folder, "exercise.yaml"), `title: ${name}\n${yaml}`);
  return loadExercise(folder, name, emptyStore);
}

const goalOf = (...tasks: string[]): string =>
  `goal: [{ title: The files, on: stapp01, tasks: [${tasks.map((task) => `{ file: { ${task} } }`).join(", ")}] }]\n`;

async function isAsItWas(): Promise<void> {
  assert.deepEqual(differencesBetween(asItWas, await inLab(({ inventory }) => record(inventory))), []);
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
  assert.match(reset.output, /Left for exercises that are still started:[\s\S]*\/root\/half/);
  assert.match(reset.output, /Left alone, [\s\S]*\/root\/whose/);
  assert.equal(await lab.inside("stapp01", "ls /root"), "given\nhalf\nwhose");
  const half = JSON.parse((await lab.labwright(["exercise", "check", "other", "--json"])).output);
  assert.deepEqual([half.passed, half.right, half.goals.length], [false, 1, 2]);
  assert.match((await lab.labwright(["exercise", "hint", "other"])).output, /no hints/);
  succeeds(await lab.labwright(["exercise", "solve", "other"]));
  succeeds(await lab.labwright(["exercise", "check", "other"]));
  succeeds(await lab.labwright(["exercise", "reset", "other"]));
  await lab.inside("stapp01", "rm /root/whose");
  await isAsItWas();
});

test("a reset removes what is the exercise's, names what is others', and leaves dotfiles to the student", async () => {
  await write("room", goalOf("path: /root/room"));
  succeeds(await lab.labwright(["exercise", "start", "room"]));
  await lab.inside("cp", "echo years of work >/root/thesis");
  await lab.inside(
    "stapp01",
    `echo "alias k=kubectl" >>/root/.bashrc; touch /root/.vimrc /root/room; ln -s $'a\tb' /root/x; mkdir /root/made; touch /root/made/a /root/made/b; useradd stefan`,
  );
  const reset = await lab.labwright(["exercise", "reset", "room"]);
  succeeds(reset);
  const left = reset.output.slice(reset.output.indexOf("Left alone")).trim().split("\n").slice(1);
  assert.deepEqual(
    left.map((line) => line.trim().replace(" is there and was not before", "")),
    [
      "cp: the file /root/thesis",
      ...["account stefan", "file /root/made", "file /root/x", "group stefan"].map(
        (what) => `stapp01: the ${what}`,
      ),
    ],
  );
  assert.equal(await lab.inside("cp", "cat /root/thesis; rm /root/thesis"), "years of work");
  assert.equal(
    await lab.inside("stapp01", "ls -A /root | grep -e room -e vimrc -e made -e x; tail -n 1 /root/.bashrc"),
    ".vimrc\nmade\nx\nalias k=kubectl",
  );
  await lab.inside(
    "stapp01",
    "userdel stefan; rm -r /root/.vimrc /root/made /root/x; sed -i '$d' /root/.bashrc",
  );
  await isAsItWas();
});

test("links of a user without sudo lead a reset nowhere", async () => {
  await lab.inside("stapp01", "useradd -m steve; echo dear >/etc/precious");
  const asSteve = (script: string) =>
    lab.inside("stapp01", `su steve -c ${quoted(`bash -c ${quoted(script)}`)}`);
  await asSteve(`mkdir -p ~/$'l\t'/home; ln -s /etc ~/$'l\t/home/steve'`);
  await write("links", `places: [{ on: stapp01, files: [/home/steve/own] }]\n${goalOf("path: /root/links")}`);
  succeeds(await lab.labwright(["exercise", "start", "links"]));
  await asSteve(
    `ln -s $'q\t/home/steve/l' ~/precious; mkdir ~/own; ln -s /etc ~/own/etc; touch ~/own/$'new\nline'`,
  );
  const reset = await lab.labwright(["exercise", "reset", "links"]);
  succeeds(reset);
  assert.match(reset.output, /\/home\/steve\/precious is there/);
  assert.equal(
    await lab.inside("stapp01", "cat /etc/precious; ls /home/steve | cat -A"),
    "dear\nl^I$\nprecious$",
  );
  await asSteve(`ln -s /etc ~/own`);
  await lab.inside("stapp01", "userdel -r steve 2>/dev/null; rm /etc/precious");
  await isAsItWas();
});

test("a machine cut off in the middle of grading is told as unreachable within 15 seconds, the other is graded", async () => {
  const both = "goal: [{ on: [cp, stapp01], tasks: [{ file: { path: /root/e } }] }]\n";
  const exercise = await write("both", both);
  await inLab(async ({ inventory }) => {
    await Promise.all([inventory.host("cp"), inventory.host("stapp01")]);
    await lab.engine.docker.run(sh`pause labwright-e2e-exercises.stapp01`);
    const started = Date.now();
    const graded = await grade(exercise, inventory, silent);
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
