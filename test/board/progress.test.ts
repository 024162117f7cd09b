import assert from "node:assert/strict";
import { test } from "node:test";
import { progressOf } from "../../src/board/progress.ts";
import type { Work } from "../../src/class/work.ts";

const start = Date.parse("2026-12-01T10:00:00Z");
const minutes = (count: number) => new Date(start + count * 60_000);
const grade = { student: "alice", exercise: "jobs", attempts: 0, points: 0, hints: 0 };

/** Work with checks, each at a minute with so many goals right. */
const work = (...checks: readonly (readonly [minute: number, right: number])[]): Work => ({
  grade: { ...grade, state: "started" },
  state: {
    started: minutes(0).toISOString(),
    hints: 0,
    checks: checks.map(([minute, right]) => ({
      ...{ at: minutes(minute).toISOString(), passed: false, hints: 0, right },
    })),
  },
});

test("what is not started is not started, also after an earlier attempt", () => {
  assert.equal(progressOf({ grade: { ...grade, state: "not started" } }, minutes(60)), "not started");
  assert.equal(progressOf({ grade: { ...grade, state: "tried" } }, minutes(60)), "not started");
});

test("the best result counts: what was passed once stays passed", () => {
  const passed: Work = { ...work([1, 0], [2, 0], [3, 0]), grade: { ...grade, state: "passed" } };
  assert.equal(progressOf(passed, minutes(60)), "passed");
});

test("a student is stuck after 10 minutes without progress, and not before", () => {
  assert.equal(progressOf(work(), minutes(9.9)), "working");
  assert.equal(progressOf(work(), minutes(10)), "stuck");
  assert.equal(progressOf(work([8, 1]), minutes(17)), "working");
  assert.equal(progressOf(work([8, 1], [9, 1]), minutes(18)), "stuck");
});

test("a student is stuck after 3 failed checks since the last one with more right", () => {
  assert.equal(progressOf(work([1, 0], [2, 0]), minutes(3)), "working");
  assert.equal(progressOf(work([1, 0], [2, 0], [3, 0]), minutes(4)), "stuck");
  assert.equal(progressOf(work([1, 0], [2, 0], [3, 1]), minutes(4)), "working");
  assert.equal(progressOf(work([1, 0], [2, 0], [3, 1], [4, 1], [5, 0]), minutes(6)), "working");
  assert.equal(progressOf(work([1, 2], [2, 1], [3, 1], [4, 2]), minutes(6)), "stuck");
});

test("checks of an older labwright, which does not record how much was right, do not count as progress", () => {
  const { state, ...rest } = work([1, 0], [2, 0], [3, 0]);
  const checks = (state?.checks ?? []).map(({ right: _, ...check }) => check);
  assert.equal(progressOf({ ...rest, ...(state && { state: { ...state, checks } }) }, minutes(4)), "stuck");
});

test("a background check may be progress, and does not count as a failed check", () => {
  const glance = (minute: number, right: number) => ({ at: minutes(minute).toISOString(), right, goals: 3 });
  assert.equal(progressOf(work(), minutes(17), glance(8, 1)), "working");
  assert.equal(progressOf(work(), minutes(18), glance(8, 1)), "stuck");
  assert.equal(progressOf(work([1, 0], [2, 0], [3, 0]), minutes(6), glance(5, 1)), "working");
  assert.equal(progressOf(work([1, 0], [2, 0]), minutes(6), glance(5, 0)), "working");
  assert.equal(progressOf(work([1, 0], [2, 0], [4, 1], [5, 1]), minutes(6), glance(3, 1)), "working");
  assert.equal(progressOf(work([4, 1], [5, 1], [6, 1]), minutes(7), glance(3, 1)), "stuck", "it came first");
});
