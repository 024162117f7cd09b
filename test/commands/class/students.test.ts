import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, test } from "node:test";
import { dockerLab } from "../../support/docker-lab.ts";

const lab = dockerLab();
const file = join(lab.folder, "class.yaml");
const text = "# ours\nname: autumn\nstudents: [alice, bob] # two\nexercises: [note]\n";
const classed = (...args: string[]) => lab.run(["class", ...args, "--file", file]);
const now = () => readFileSync(file, "utf8");
const record = join(lab.data, "labwright/classes/autumn/class.json");
const made = () => JSON.parse(readFileSync(record, "utf8")).students;

beforeEach(() => {
  const exercise = join(lab.folder, "exercises/note");
  mkdirSync(exercise, { recursive: true });
  writeFileSync(join(exercise, "task.md"), "Write a note.\n");
  writeFileSync(
    join(exercise, "exercise.yaml"),
    "title: A note\ngoal: [{ on: cp, tasks: [file: { path: /opt/note/a, content: a }] }]\nhints: [one, two]\n",
  );
  writeFileSync(file, text);
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify({ students: ["alice"], file }));
});

test("class add writes the student into the class file, and says how the lab is made", async () => {
  chmodSync(file, 0o640);
  const { code, output, changes } = await classed("add", "carol");
  assert.equal(code, 0, output);
  assert.equal(now(), text.replace("bob]", "bob, carol]"));
  assert.equal(statSync(file).mode & 0o777, 0o640);
  assert.match(output, /Added carol to .*class\.yaml\. `labwright class up --file .* --student carol` makes/);
  assert.deepEqual(changes, []);
});

test("class add refuses a name, and changes nothing", async () => {
  const { code, output } = await classed("add", "Carol Example");
  assert.equal(code, 2, output);
  assert.match(output, /Write carol-example/);
  assert.equal(now(), text);
});

test("class remove refuses while there is a lab, and removes it with --down", async () => {
  const refused = await classed("remove", "alice");
  assert.equal(refused.code, 2, refused.output);
  assert.match(refused.output, /the class "autumn" has a lab for alice/);
  assert.match(refused.output, /labwright class remove --file .* alice --down/);
  assert.equal(now(), text);
  assert.deepEqual([made(), refused.changes], [["alice"], []]);

  const { code, output } = await classed("remove", "alice", "--down");
  assert.equal(code, 0, output);
  assert.equal(now(), text.replace("alice, ", ""));
  assert.deepEqual(made(), []);
});

test("class remove --down deletes no lab if the file cannot be changed", async () => {
  writeFileSync(file, "name: autumn\nstudents: [alice]\n");
  const { code, output } = await classed("remove", "alice", "--down");
  assert.equal(code, 2, output);
  assert.match(output, /alice is the only student/);
  assert.deepEqual(made(), ["alice"]);
});

test("a student without a lab is removed at once; one that is unknown is named", async () => {
  const { code, output } = await classed("remove", "bob");
  assert.equal(code, 0, output);
  assert.equal(now(), text.replace(", bob", ""));
  const unknown = await classed("remove", "alise");
  assert.equal(unknown.code, 2, unknown.output);
  assert.match(unknown.output, /no student "alise"\n.*alice/);
});

test("class hint takes a hint in the student's lab", async () => {
  const refused = await classed("hint", "note", "--student", "bob");
  assert.equal(refused.code, 2, refused.output);
  assert.match(refused.output, /has made no lab for bob/);
  const other = await classed("hint", "probes", "--student", "alice");
  assert.match(other.output, /no exercise "probes"/);
  const state = join(lab.data, "labwright/labs/autumn-alice/exercises/note.json");
  mkdirSync(dirname(state), { recursive: true });
  const at = "2026-12-01T09:00:00Z";
  writeFileSync(
    state,
    JSON.stringify({
      ...{ name: "note", began: at, started: at, before: {}, found: [], tasks: [], room: [], hints: 0 },
      checks: [],
    }),
  );
  const { code, output } = await classed("hint", "note", "--student", "alice");
  assert.equal(code, 0, output);
  assert.match(output, /^1 of \d: /m);
  assert.equal(JSON.parse(readFileSync(state, "utf8")).hints, 1);
  const locked = await classed("hint", "note", "--student", "alice", "--json");
  assert.equal(locked.code, 1, locked.output);
  assert.match(locked.output, /"next":"locked"/);
});
