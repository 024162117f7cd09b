import assert from "node:assert/strict";
import { test } from "node:test";
import { BackgroundChecks } from "../../src/board/background.ts";
import type { ViewListener } from "../../src/board/board.ts";
import { dueChecks } from "../../src/board/due.ts";
import type { JobView } from "../../src/board/view.ts";
import type { Work } from "../../src/class/work.ts";
import { LabwrightError } from "../../src/errors.ts";

const start = Date.parse("2026-12-01T10:00:00Z");
const minute = 60_000;
const at = (minutes: number) => new Date(start + minutes * minute).toISOString();

const work = (student: string, more: Partial<Work["state"]> = {}, exercise = "jobs"): Work => ({
  grade: { student, exercise, state: "started", attempts: 0, points: 0, hints: 0 },
  state: { started: at(0), hints: 0, checks: [], ...more },
});

const due = (works: readonly Work[], minutes: number, more: Partial<Parameters<typeof dueChecks>[0]> = {}) =>
  dueChecks({
    ...{ works, tasks: [{ exercise: "jobs" }, { exercise: "probes" }], every: 5 * minute, begun: new Map() },
    now: start + minutes * minute,
    ...more,
  });
const names = (...parameters: Parameters<typeof due>) => due(...parameters).due.map(({ student }) => student);

test("a check is due when nobody has checked the exercise since its start for the interval", () => {
  assert.deepEqual(names([work("alice")], 4.9), []);
  assert.deepEqual(names([work("alice")], 5), ["alice"]);
  const checks = [{ at: at(3), passed: false, hints: 0, right: 0 }];
  assert.deepEqual(names([work("alice", { checks })], 7.9), []);
  assert.deepEqual(names([work("alice", { checks })], 8), ["alice"]);
  const glance = { at: at(6), right: 0, goals: 1 };
  assert.deepEqual(names([work("alice", { checks, background: { last: glance, best: glance } })], 10.9), []);
  const begun = new Map([["alice jobs", start + 7 * minute]]);
  assert.deepEqual(names([work("alice")], 11.9, { begun }), [], "what noted nothing counts too");
  assert.deepEqual(names([work("alice")], 12, { begun }), ["alice"]);
});

test("what was not checked for the longest time comes first", () => {
  const checked = (minutes: number) => ({ checks: [{ at: at(minutes), passed: false, hints: 0 }] });
  const works = [work("alice", checked(3)), work("bob"), work("carol", checked(2)), work("dan", checked(9))];
  assert.deepEqual(names(works, 10), ["bob", "carol", "alice"]);
  assert.equal(due(works, 10).open, 4);
});

test("what is passed, not started, solved by labwright or out of the class is not checked", () => {
  const { state: _, ...untouched } = work("bob");
  const { grade, ...rest } = work("alice");
  for (const one of [
    { ...rest, grade: { ...grade, state: "passed" as const } },
    { ...untouched, grade: { ...grade, state: "tried" as const } },
    work("carol", { solved: at(1) }),
    work("dan", {}, "removed"),
  ])
    assert.deepEqual(due([one], 60), { due: [], open: 0 });
});

test("what is out of time is not checked", () => {
  const tasks = [{ exercise: "jobs", timeLimit: 600 }];
  assert.deepEqual(names([work("alice")], 10, { tasks }), ["alice"]);
  assert.deepEqual(names([work("alice")], 10.1, { tasks }), []);
  const closing = [{ exercise: "jobs", closes: at(20) }];
  assert.deepEqual(names([work("alice")], 20, { tasks: closing }), ["alice"]);
  assert.deepEqual(names([work("alice")], 20.1, { tasks: closing }), []);
});

test("a student's more time holds for the checks too", () => {
  const extended = 300;
  const { grade, state } = work("alice");
  const more = { grade: { ...grade, extended }, ...(state && { state: { ...state, extended } }) };
  const tasks = [{ exercise: "jobs", timeLimit: 600, closes: at(12) }];
  assert.deepEqual(names([more], 15, { tasks }), ["alice"]);
  assert.deepEqual(names([more], 15.1, { tasks }), [], "the time limit");
  const limited = [{ exercise: "jobs", closes: at(12) }];
  assert.deepEqual(names([more], 17, { tasks: limited }), ["alice"]);
  assert.deepEqual(names([more], 17.1, { tasks: limited }), [], "closes");
});

test("what was passed too late is checked again if the student gets more time", () => {
  const tasks = [{ exercise: "jobs", timeLimit: 600 }];
  const { grade, state } = work("alice");
  const late = { ...grade, state: "passed" as const, points: 0, of: 10 };
  assert.deepEqual(names([{ grade: late, ...(state && { state }) }], 12, { tasks }), []);
  const more = { ...(state && { state: { ...state, extended: 600 } }) };
  assert.deepEqual(names([{ grade: late, ...more }], 12, { tasks }), ["alice"]);
  assert.deepEqual(names([{ grade: { ...late, points: 10 }, ...more }], 12, { tasks }), []);
});

/** Checks with a clock that stands still; each goes on until it is ended by hand. */
function scheduled(works: readonly Work[], { most = 1 } = {}) {
  const jobs = new Map<string, JobView>();
  const listeners = new Set<ViewListener>();
  const running = new Map<string, { signal: AbortSignal; end(): void; fail(error: unknown): void }>();
  const begun: string[] = [];
  const errors: unknown[] = [];
  const students = [...new Set(works.map(({ grade }) => grade.student))];
  const checks = new BackgroundChecks({
    labs: {
      students,
      tasks: ["jobs", "probes"].map((exercise) => ({
        ...{ exercise, title: "", points: 1, hints: [], text: [], plain: { text: "" } },
      })),
      checkEvery: 5 * minute,
      checkInBackground: (student, exercise, signal) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        begun.push(`${student} ${exercise}`);
        running.set(student, { signal, end: resolve, fail: reject });
        signal.addEventListener("abort", () => resolve());
        return promise;
      },
    },
    board: {
      workOf: (student) => works.filter(({ grade }) => grade.student === student),
      jobOf: (student) => jobs.get(student),
      listen: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    most,
    report: (error) => errors.push(error),
  });
  return {
    ...{ checks, begun, errors, running, listeners },
    step: (minutes: number) => checks.step(start + minutes * minute),
    /** Begins or ends a job on a lab, as a button does. */
    job: (student: string, isRunning: boolean) => {
      const job: JobView = {
        ...{ title: "check jobs", since: at(0), note: "" },
        ...(!isRunning && { ended: { at: at(1), isRight: true, words: "" } }),
      };
      jobs.set(student, job);
      for (const listener of listeners)
        listener({ student, lab: { words: "running" }, works: [], terminals: [], job });
    },
    end: async (student: string) => {
      running.get(student)?.end();
      await turn();
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("checks are spread over the interval, and one runs at a time", async () => {
  const { step, begun, end } = scheduled(["alice", "bob", "carol", "dan", "eve"].map((name) => work(name)));
  step(4.9);
  assert.deepEqual(begun, []);
  step(5);
  step(5.01);
  await end("alice");
  step(5.9);
  assert.deepEqual(begun, ["alice jobs"], "a fifth of the interval is between two of five");
  step(6);
  assert.deepEqual(begun, ["alice jobs", "bob jobs"]);
  step(9);
  assert.deepEqual(begun.length, 2, "bob's goes on");
  await end("bob");
  step(9);
  step(9.5);
  assert.deepEqual(begun, ["alice jobs", "bob jobs", "carol jobs"], "what was missed is not made up at once");
});

test("some checks run at once if there are processors for them, and one in a lab", async () => {
  const works = [work("alice"), work("alice", {}, "probes"), work("bob")];
  const { step, begun, end } = scheduled(works, { most: 2 });
  for (const minutes of [5, 7, 9, 11]) step(minutes);
  assert.deepEqual(begun, ["alice jobs", "bob jobs"]);
  await end("alice");
  step(13);
  assert.deepEqual(begun, ["alice jobs", "bob jobs", "alice probes"]);
});

test("a lab on which the board does something is not checked, and the others are", async () => {
  const { step, begun, job, end } = scheduled([work("alice"), work("bob")]);
  job("alice", true);
  step(6);
  assert.deepEqual(begun, ["bob jobs"]);
  await end("bob");
  step(9);
  assert.deepEqual(begun, ["bob jobs"]);
  job("alice", false);
  step(9.1);
  assert.deepEqual(begun, ["bob jobs", "alice jobs"]);
});

test("a check ends when something begins on its lab", async () => {
  const { step, running, job } = scheduled([work("alice"), work("bob")]);
  step(5);
  job("bob", true);
  assert.equal(running.get("alice")?.signal.aborted, false);
  job("alice", true);
  assert.equal(running.get("alice")?.signal.aborted, true);
});

test("what forbids a check is not shown, and a defect is reported", async () => {
  const { step, running, errors, begun } = scheduled([work("alice"), work("bob")]);
  step(5);
  running
    .get("alice")
    ?.fail(new LabwrightError({ code: "machine-absent", message: "cp is off", remedy: "Wait." }));
  await turn();
  step(8);
  const defect = new TypeError("no");
  running.get("bob")?.fail(defect);
  await turn();
  assert.deepEqual(errors, [defect]);
  step(10.5);
  assert.deepEqual(begun, ["alice jobs", "bob jobs", "alice jobs"], "it is tried again after the interval");
});

test("the board ends with the checks that it has begun", async () => {
  const { step, running, checks, listeners } = scheduled([work("alice")]);
  step(5);
  await checks.stop();
  assert.equal(running.get("alice")?.signal.aborted, true);
  assert.equal(listeners.size, 0);
});
