import assert from "node:assert/strict";
import { test } from "node:test";
import { decidedBy } from "../../src/baseline/baseline.ts";
import { defaultLab } from "../../src/lab/expand.ts";
import { type Known, mostHours, refillOf, sparesIn } from "../../src/spares/spare.ts";

const lab = defaultLab();
const now = new Date("2026-11-30T20:00:00.000Z");
const frozen = ["paused", "paused", "paused"];
const hour = 3_600_000;

const record = (hours: number, decided = decidedBy(lab)) => ({
  made: new Date(now.getTime() - hours * hour).toISOString(),
  decided,
});

const known = (
  sets: Record<string, string[]>,
  records: Record<string, ReturnType<typeof record>>,
): Known => ({
  sets: new Map(Object.entries(sets)),
  records: new Map(Object.entries(records)),
  ...{ live: "1", now },
});

const flaws = (of: Known): Record<string, string | undefined> =>
  Object.fromEntries(sparesIn(lab, of).map(({ set, flaw }) => [set, flaw]));

test("the machines that people work with are not a spare", () => {
  assert.deepEqual(sparesIn(lab, known({ 1: ["running"] }, { 1: record(1) })), []);
  assert.deepEqual(
    sparesIn(lab, { ...known({ 1: frozen, 2: ["running"] }, { 1: record(1) }), live: "2" }).map(
      ({ set }) => set,
    ),
    ["1"],
  );
});

test("a complete, frozen and young spare of this lab file can be taken", () => {
  assert.deepEqual(flaws(known({ 2: frozen }, { 2: record(mostHours - 0.1) })), { 2: undefined });
});

test("what cannot be taken says why", () => {
  const of = known(
    {
      2: frozen,
      3: frozen,
      4: frozen,
      5: ["paused", "running", "paused"],
      6: ["paused", "paused"],
      8: ["exited"],
    },
    { 3: record(21), 4: record(1, "other"), 5: record(1), 6: record(1), 7: record(1) },
  );
  assert.deepEqual(flaws(of), {
    2: "is not complete",
    3: "is 21 h old, and a token in it is valid for a day",
    4: "was made from another lab file, or by another labwright",
    5: "is not frozen any more, as after a restart of the computer",
    6: "has 2 of its 3 machines",
    7: "has 0 of its 3 machines",
    8: "is not complete",
  });
});

test("the newest spare comes first, and what cannot be taken last", () => {
  const of = known(
    { 2: frozen, 3: frozen, 4: frozen, 5: frozen },
    { 2: record(5), 3: record(1), 4: record(22), 5: record(2) },
  );
  assert.deepEqual(
    sparesIn(lab, of).map(({ set }) => set),
    ["3", "5", "2", "4"],
  );
});

test("a refill makes what is missing in sets that are free, and deletes what cannot be taken", () => {
  const good = { set: "3", record: record(1) };
  const bad = { set: "2", flaw: "is not complete" };
  assert.deepEqual(refillOf([], 0, "1"), { remove: [], make: [] });
  assert.deepEqual(refillOf([], 2, "2"), { remove: [], make: ["1", "3"] });
  assert.deepEqual(refillOf([good], 1, "1"), { remove: [], make: [] });
  assert.deepEqual(refillOf([good, bad], 1, "1"), { remove: ["2"], make: [] });
  assert.deepEqual(refillOf([good, bad], 2, "1"), { remove: ["2"], make: ["2"] });
  assert.deepEqual(refillOf([good, { set: "4", record: record(2) }], 1, "1"), { remove: ["4"], make: [] });
  assert.deepEqual(refillOf([good], 0, "1"), { remove: ["3"], make: [] });
});
