import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkIntervalOf, chosen, parseClass, readClass } from "../../src/class/class-file.ts";
import { FileProblems } from "../../src/lab/problem.ts";
import { testBadFiles } from "../support/bad-files.ts";

testBadFiles("class file", join(import.meta.dirname, "bad"), async (text, name) => {
  const error: unknown = await parseClass(text, name).then(
    () => assert.fail("is refused"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof FileProblems, String(error));
  assert.equal(error.exit, 2);
  return error.problems;
});

test("students are named, or counted; the lab file is beside the class file", async () => {
  const three = await parseClass("name: autumn\nstudents: 3\n", "/course/class.yaml");
  assert.deepEqual(three, {
    name: "autumn",
    file: "/course/class.yaml",
    labFile: "/course/lab.yaml",
    students: ["s01", "s02", "s03"],
    exercises: [],
  });
  const named = await parseClass(
    "name: autumn\nlab: labs/one.yaml\nstudents: [bob, alice]\nexercises: [etcd-full, jobs]\nprovider: incus\n",
    "/course/class.yaml",
  );
  assert.deepEqual(named, {
    name: "autumn",
    file: "/course/class.yaml",
    labFile: "/course/labs/one.yaml",
    students: ["bob", "alice"],
    exercises: ["etcd-full", "jobs"],
    provider: "incus",
  });
  const many = await parseClass("name: a\nstudents: 120\n", "class.yaml");
  assert.deepEqual([many.students[0], many.students.at(-1)], ["s001", "s120"]);
});

test("background checks have their interval in minutes, and 0 is none", async () => {
  const interval = async (checks: string) =>
    checkIntervalOf(await parseClass(`name: a\nstudents: 1\n${checks}\n`, "class.yaml"));
  assert.equal(await interval(""), 5 * 60_000);
  assert.equal(await interval("checks: {}"), 5 * 60_000);
  assert.equal(await interval("checks: { every: 20 }"), 20 * 60_000);
  assert.equal(await interval("checks: { every: 0 }"), 0);
});

test("a class file that cannot be read is named with its remedy", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lwtest-class-"));
  try {
    await assert.rejects(readClass(join(folder, "none.yaml")), { code: "class-file", exit: 2 });
    await writeFile(join(folder, "class.yaml"), "name: a\nstudents: [b\n");
    await assert.rejects(readClass(join(folder, "class.yaml")), { code: "yaml", exit: 2 });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("students are chosen by name, in the class's order", async () => {
  const one = await parseClass("name: a\nstudents: [alice, bob, carol]\n", "class.yaml");
  assert.deepEqual(chosen(one, []), ["alice", "bob", "carol"]);
  assert.deepEqual(chosen(one, ["carol", "alice"]), ["alice", "carol"]);
  assert.throws(() => chosen(one, ["alise"]), { code: "no-student", remedy: /alice/, exit: 2 });
});
