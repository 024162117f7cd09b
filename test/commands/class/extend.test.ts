import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, test } from "node:test";
import { clock } from "../../../src/class/times.ts";
import { extensionWords } from "../../../src/commands/class/extend.ts";
import { dockerLab } from "../../support/docker-lab.ts";

const lab = dockerLab();
const file = join(lab.folder, "class.yaml");
const state = join(lab.data, "labwright/labs/autumn-alice/exercises/note.json");
const started = new Date(Date.now() - 35 * 60_000);
const extend = (...args: string[]) => lab.run(["class", "extend", ...args, "--file", file]);

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

/** Writes the exercise with these lines, and the class file with these keys of it. */
function has(lines: string, keys = ""): void {
  write(
    join(lab.folder, "exercises/note/exercise.yaml"),
    `title: A note\n${lines}goal: [{ on: cp, tasks: [file: { path: /opt/note/a, content: a }] }]\n`,
  );
  write(file, `name: autumn\nstudents: [alice, bob]\nexercises: [{ name: note${keys} }]\n`);
}

const read = () => JSON.parse(readFileSync(state, "utf8"));

beforeEach(() => {
  const at = started.toISOString();
  write(join(lab.folder, "exercises/note/task.md"), "Write a note.\n");
  write(join(lab.data, "labwright/classes/autumn/class.json"), JSON.stringify({ students: ["alice"], file }));
  write(join(lab.data, "labwright/labs/autumn-alice/id"), "0123456789abcdef\n");
  rmSync(join(dirname(state), "history"), { recursive: true, force: true });
  write(
    state,
    JSON.stringify({
      ...{ name: "note", began: at, started: at, before: {}, found: [], tasks: [], room: [], hints: 0 },
      checks: [],
    }),
  );
  has("timeLimit: 30m\n");
});

test("class extend gives a student more time, again and again, and says when it ends", async () => {
  const first = await extend("alice", "note", "--by", "2");
  assert.equal(first.code, 0, first.output);
  assert.match(
    first.output,
    /^The time limit of note ends at .* for alice, which is over: extend it by more\.$/m,
  );
  const { code, output, changes } = await extend("alice", "note", "--by", "600", "--json");
  assert.equal(code, 0, output);
  const ends = new Date(started.getTime() + (30 + 2 + 600) * 60_000).toISOString();
  assert.deepEqual(JSON.parse(output), { student: "alice", exercise: "note", extended: 36_120, ends });
  assert.equal(read().extended, 36_120);
  assert.deepEqual(changes, []);
});

test("it moves the time at which the class closes the exercise too, for this student", async () => {
  has("", ", closes: 2999-12-01T11:00");
  const { code, output } = await extend("alice", "note", "--by", "30");
  assert.equal(code, 0, output);
  assert.match(output, /^note closes at 2999-12-01 11:30 for alice\.$/m);
});

test("what cannot be extended is refused with what to do, and nothing is written", async () => {
  const before = readFileSync(state, "utf8");
  for (const [args, words] of [
    [["bob", "note", "--by", "5"], /has made no lab for bob[\s\S]*labwright class up/],
    [["alice", "jobs", "--by", "5"], /no exercise "jobs"/],
    [["alice", "note", "--by", "601"], /cannot extend a time by 601 min[\s\S]*from 1 to 600/],
  ] as const) {
    const { code, output } = await extend(...args);
    assert.equal(code, 2, output);
    assert.match(output, words);
  }
  for (const by of ["0", "1.5", "soon"])
    assert.match((await extend("alice", "note", "--by", by)).output, /whole/);
  assert.match((await extend("alice", "note")).output, /--by/);
  has("");
  const endless = await extend("alice", "note", "--by", "5");
  assert.equal(endless.code, 2);
  assert.match(endless.output, /note has neither a time limit nor a time at which the class file closes it/);
  assert.equal(readFileSync(state, "utf8"), before);
  has("timeLimit: 30m\n");
  const { started: _, ...began } = JSON.parse(before);
  writeFileSync(state, JSON.stringify(began));
  assert.match((await extend("alice", "note", "--by", "5")).output, /the start of note did not finish/);
});

test("a check of the class says who still has time", async () => {
  has("timeLimit: 30m\n", `, closes: ${clock(new Date(Date.now() - 60_000)).replace(" ", "T")}`);
  assert.equal((await extend("alice", "note", "--by", "600")).code, 0);
  const { output } = await lab.run(["class", "check", "--file", file]);
  assert.match(output, /what is checked now does not count, except for alice\./);
});

test("an end that is still to come is only named", () => {
  const ends = new Date(2026, 11, 1, 9, 30);
  const words = (now: Date) =>
    extensionWords({ student: "alice", exercise: "note", extended: 60, ends }, now);
  assert.equal(words(new Date(2026, 11, 1, 9)), "The time limit of note ends at 2026-12-01 09:30 for alice.");
  assert.match(words(new Date(2026, 11, 1, 10)), /which is over/);
});
