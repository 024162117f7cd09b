import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gradesOf, keepResults } from "../../src/class/gradebook.ts";
import { keepHistories } from "../../src/class/history.ts";
import { labNameOf } from "../../src/class/labs.ts";
import { extend } from "../../src/exercises/extend.ts";
import { noteResult } from "../../src/exercises/results.ts";
import { endStart, writeState } from "../../src/exercises/state.ts";
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
  assert.equal((await gradeOf("jobs"))?.firstPass, at.toISOString());

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

const later = (minutes: number): Date => new Date(at.getTime() + minutes * 60_000);

const some = (name: string) => ({ ...one, name, students: ["zoe"], exercises: ["jobs"] });

/** A class with the one student zoe, who is graded at these minutes after the opening. */
async function graded(name: string, attempts: [number, typeof score][], closes?: number) {
  const times = new Map(closes === undefined ? [] : [["jobs", { opens: at, closes: later(closes) }]]);
  const timed = { ...some(name), times };
  const lab = labNameOf(timed, "zoe");
  await ensureLabId(lab);
  for (const [minutes, result] of attempts) await noteResult(lab, "jobs", result, later(minutes));
  return async (minutes = 0) => (await gradesOf(timed, ["zoe"], later(minutes)))[0];
}

test("what is graded after the exercise was closed is an attempt, and does not count else", async () => {
  const half = { ...score, right: 2 };
  const grade = await graded(
    "late",
    [
      [5, score],
      [50, half],
      [61, passed],
      [70, passed],
    ],
    60,
  );
  const { state, attempts, points, right, at: when, firstPass } = (await grade()) ?? {};
  assert.deepEqual([state, attempts, points, right, when], ["tried", 4, 0, 2, later(50).toISOString()]);
  assert.equal(firstPass, undefined);
  assert.deepEqual(
    [(await grade(-1))?.phase, (await grade(60))?.phase, (await grade(61))?.phase],
    ["not open", "open", "closed"],
  );
  const onlyLate = await graded("too-late", [[61, passed]], 60);
  assert.deepEqual(await onlyLate(62), {
    ...{
      student: "zoe",
      exercise: "jobs",
      state: "tried",
      attempts: 1,
      points: 0,
      hints: 0,
      phase: "closed",
    },
  });
});

test("a class that is given more time counts what was graded meanwhile", async () => {
  await graded(
    "more-time",
    [
      [5, score],
      [61, passed],
    ],
    60,
  );
  const grade = await graded("more-time", [], 90);
  assert.deepEqual([(await grade())?.state, (await grade())?.firstPass], ["passed", later(61).toISOString()]);
});

test("more time for a student moves the closing for good, and counts what was checked before", async () => {
  const lab = "extended-zoe";
  const grade = await graded(
    "extended",
    [
      [5, score],
      [65, passed],
      [71, { ...passed, points: 20 }],
    ],
    60,
  );
  const now = async (minutes: number) => {
    const { state: how, points, phase, extended } = (await grade(minutes)) ?? {};
    return [how, points, phase, extended];
  };
  await writeState(lab, state);
  assert.deepEqual(await now(65), ["started", 0, "closed", undefined]);
  await extend(lab, "jobs", 10);
  const moved = ["passed", 10, "open", 600];
  assert.deepEqual(await now(70), moved);
  assert.equal((await now(71))[2], "closed");
  await endStart(lab, "jobs");
  assert.deepEqual(await now(70), moved, "after a reset");
  await keepResults(some("extended"), "zoe");
  await keepHistories(some("extended"), "zoe");
  await rm(labFolder(lab), { recursive: true });
  assert.deepEqual(await now(70), moved, "without the lab");
  await ensureLabId(lab);
  await writeState(lab, state);
  await extend(lab, "jobs", 1);
  assert.deepEqual(await now(71), ["passed", 20, "open", 660], "another extension adds to it");
});

test("the closing stays moved if the exercise is reset before any check", async () => {
  const grade = await graded("unchecked", [], 60);
  await writeState("unchecked-zoe", state);
  await extend("unchecked-zoe", "jobs", 10);
  await endStart("unchecked-zoe", "jobs");
  await noteResult("unchecked-zoe", "jobs", passed, later(65));
  assert.equal((await grade(65))?.points, 10);
});

test("the first pass stays when a later one has more points; the work of solve is known", async () => {
  const slow = { ...passed, points: 0, late: true };
  const grade = await graded("first", [
    [5, slow],
    [9, { ...passed, solved: true }],
    [12, score],
    [15, passed],
  ]);
  const { state, points, at: when, firstPass, solved } = (await grade()) ?? {};
  assert.deepEqual([state, points, when], ["passed", 10, later(15).toISOString()]);
  assert.deepEqual([firstPass, solved], [later(5).toISOString(), true]);
});

test("solve is known before its work was graded; results of an older labwright are read", async () => {
  const grade = await graded("solved", []);
  await writeState("solved-zoe", { ...state, solved: at.toISOString() });
  assert.deepEqual([(await grade())?.state, (await grade())?.solved], ["started", true]);
  const { solved: _, late: __, ...best } = { ...passed, at: at.toISOString() };
  await mkdir(join(labFolder("solved-zoe"), "exercises/results"), { recursive: true });
  await writeFile(
    join(labFolder("solved-zoe"), "exercises/results/jobs.json"),
    JSON.stringify({ attempts: 3, best }),
  );
  assert.deepEqual([(await grade())?.attempts, (await grade())?.firstPass], [3, at.toISOString()]);
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
