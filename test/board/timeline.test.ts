import assert from "node:assert/strict";
import { test } from "node:test";
import { timelineOf } from "../../src/board/timeline.ts";
import type { Work } from "../../src/class/work.ts";

const at = (minutes: number) => new Date(Date.parse("2026-12-01T10:00:00Z") + minutes * 60_000).toISOString();
const attempt = { of: 10, goals: 3, hints: 0, seconds: 60 };
const failed = { ...attempt, passed: false, points: 0, right: 1 };
const passed = { ...attempt, passed: true, points: 10, right: 3 };
const work = (exercise: string, history: Work["history"] & {}): Work => ({
  grade: { student: "alice", exercise, state: "started", attempts: 0, points: 0, hints: 0 },
  history,
});

test("all that happened is told in words, the latest first, over exercises and messages", () => {
  const jobs = work("jobs", [
    { what: "started", at: at(0) },
    { what: "check", at: at(2), ...failed },
    { what: "hint", at: at(3), hint: 2 },
    { what: "check", at: at(6), ...passed },
    { what: "extended", at: at(6.5), seconds: 600 },
    { what: "reset", at: at(8) },
  ]);
  const probes = work("probes", [
    { what: "started", at: at(1) },
    { what: "check", at: at(5), ...passed, background: true },
    { what: "solved", at: at(7) },
    { what: "restored", at: at(9) },
  ]);
  const { grade } = work("untouched", []);
  assert.deepEqual(timelineOf([jobs, probes, { grade }], [{ text: "Well done", at: at(4) }]), [
    { at: at(9), exercise: "probes", words: "returned to what it was in a snapshot" },
    { at: at(8), exercise: "jobs", words: "reset" },
    { at: at(7), exercise: "probes", words: "solved by labwright" },
    { at: at(6.5), exercise: "jobs", words: "time extended by 10 min" },
    { at: at(6), exercise: "jobs", words: "check: passed, 10 points" },
    { at: at(5), exercise: "probes", words: "passed, 10 points, as a background check saw" },
    { at: at(4), words: "message: Well done" },
    { at: at(3), exercise: "jobs", words: "hint 2 taken" },
    { at: at(2), exercise: "jobs", words: "check: 1 of 3 right" },
    { at: at(1), exercise: "probes", words: "started" },
    { at: at(0), exercise: "jobs", words: "started" },
  ]);
});

test("the latest 200 entries are shown, and the beginning of a long message", () => {
  const history = Array.from({ length: 300 }, (_, index) => ({ what: "started" as const, at: at(index) }));
  const entries = timelineOf([work("jobs", history)], [{ text: "x".repeat(2000), at: at(400) }]);
  assert.deepEqual([entries.length, entries[1]?.at, entries.at(-1)?.at], [200, at(299), at(101)]);
  assert.equal(entries[0]?.words, `message: ${"x".repeat(200)} …`);
});
