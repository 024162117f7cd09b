import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { csvOf, writeCsv } from "../../src/class/csv.ts";
import { gradesOf, keepResults } from "../../src/class/gradebook.ts";
import { labNameOf } from "../../src/class/labs.ts";
import { noteResult } from "../../src/exercises/results.ts";
import { writeState } from "../../src/exercises/state.ts";
import { ensureLabId } from "../../src/lab/identity.ts";
import { labFolder } from "../../src/paths.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

const one = {
  ...{ name: "autumn", file: "/course/class.yaml", labFile: "/course/lab.yaml", students: ["alice", "bob"] },
  exercises: ["jobs", "probes"],
};
const score = {
  passed: false,
  right: 1,
  goals: 3,
  points: 0,
  of: 10,
  hints: 1,
  late: false,
  solved: false,
  seconds: 61.25,
};
const passed = { ...score, passed: true, right: 3, points: 10 };
const at = new Date("2026-11-30T10:00:00Z");
const state = {
  ...{ name: "jobs", began: at.toISOString(), started: at.toISOString(), before: {} },
  ...{ found: [], tasks: [], room: [], hints: 0, checks: [] },
};

test("grades are read from the labs, and survive them", async () => {
  const lab = labNameOf(one, "alice");
  const gradeOf = async (exercise: string) =>
    (await gradesOf(one, ["alice", "bob"])).find(
      (grade) => grade.student === "alice" && grade.exercise === exercise,
    );
  assert.deepEqual(
    (await gradesOf(one, ["alice", "bob"])).map(({ state }) => state),
    [...["not started", "not started", "not started", "not started"]],
  );
  await ensureLabId(lab);
  await writeState(lab, state);
  assert.equal((await gradeOf("jobs"))?.state, "started");
  await noteResult(lab, "jobs", score, at);
  assert.deepEqual(await gradeOf("jobs"), {
    ...{ student: "alice", exercise: "jobs", state: "started", attempts: 1, points: 0, of: 10 },
    ...{ right: 1, goals: 3, hints: 1, seconds: 61.25, at: at.toISOString() },
  });
  await noteResult(lab, "jobs", passed, at);
  assert.equal((await gradeOf("jobs"))?.state, "passed");

  // Killed before the lab was gone, and done again: no attempt counts twice.
  await keepResults(one, "alice");
  await keepResults(one, "alice");
  assert.equal((await gradeOf("jobs"))?.attempts, 2);
  await rm(labFolder(lab), { recursive: true });
  assert.equal((await gradeOf("jobs"))?.attempts, 2);
  assert.equal((await gradeOf("jobs"))?.state, "passed");

  // Another lab of the same student.
  await ensureLabId(lab);
  await noteResult(lab, "jobs", score, at);
  assert.deepEqual([(await gradeOf("jobs"))?.attempts, (await gradeOf("jobs"))?.points], [3, 10]);
  assert.equal((await gradeOf("probes"))?.state, "not started");
});

test("results of labs that are removed side by side are all kept", async () => {
  const many = { ...one, name: "many", students: ["a", "b", "c", "d"] };
  for (const student of many.students) {
    await ensureLabId(labNameOf(many, student));
    await noteResult(labNameOf(many, student), "jobs", passed, at);
    // An exercise that the class file does not name any more.
    await noteResult(labNameOf(many, student), "etcd-full", passed, at);
  }
  await Promise.all(many.students.map((student) => keepResults(many, student)));
  for (const student of many.students) await rm(labFolder(labNameOf(many, student)), { recursive: true });
  const grades = await gradesOf({ ...many, exercises: ["jobs", "etcd-full"] }, many.students);
  assert.deepEqual(
    grades.map(({ state }) => state),
    Array.from({ length: 8 }, () => "passed"),
  );
});

test("grades are written as CSV, and replace nothing but such a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lwtest-csv-"));
  const file = join(folder, "grades.csv");
  try {
    const grade = {
      student: "bob",
      exercise: "jobs",
      state: "tried",
      attempts: 2,
      points: 0,
      hints: 0,
      seconds: 61.25,
    } as const;
    await writeCsv(file, [grade]);
    assert.equal(
      await readFile(file, "utf8"),
      "student,exercise,state,attempts,points,of,right,goals,hints,seconds,at\nbob,jobs,tried,2,0,,,,0,61.3,\n",
    );
    await writeCsv(file, []);
    assert.equal(await readFile(file, "utf8"), csvOf([]));
    await writeFile(file, "name: autumn\n");
    await assert.rejects(writeCsv(file, [grade]), { code: "file-taken", exit: 2 });
    assert.equal(await readFile(file, "utf8"), "name: autumn\n");
    await assert.rejects(writeCsv(join(folder, "none/grades.csv"), []), { code: "file-unwritable", exit: 2 });
  } finally {
    await rm(folder, { recursive: true });
  }
});
