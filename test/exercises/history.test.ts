import assert from "node:assert/strict";
import { test } from "node:test";
import { noteHistory, readHistories } from "../../src/exercises/history.ts";
import { noteResult } from "../../src/exercises/results.ts";
import { changeState, endStart, type State, writeState } from "../../src/exercises/state.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

const began = "2026-11-30T10:00:00.000Z";
const state: State = {
  ...{ name: "e", began, started: began, before: {}, found: [], tasks: [], room: [], hints: 0, checks: [] },
};
const score = {
  ...{
    passed: false,
    right: 1,
    goals: 3,
    points: 0,
    of: 10,
    hints: 0,
    late: false,
    solved: false,
    seconds: 60,
  },
};

test("a history has what changed an exercise's state, and outlives its reset", async () => {
  await writeState("one", state);
  await changeState(
    "one",
    state,
    (now) => ({ ...now, hints: 1 }),
    ({ hints: hint }) => ({
      ...{ what: "hint", at: began, hint },
    }),
  );
  await changeState(
    "one",
    state,
    (now) => now,
    () => undefined,
  );
  await noteResult("one", "e", score, new Date(began));
  await noteResult("one", "e", { ...score, passed: true, right: 3, solved: true }, new Date(began));
  await endStart("one", "e");
  const entries = (await readHistories("one")).e ?? [];
  assert.deepEqual(
    entries.map(({ what }) => what),
    ["hint", "check", "check", "reset"],
  );
  const attempt = { passed: false, points: 0, of: 10, right: 1, goals: 3, hints: 0, seconds: 60, at: began };
  assert.deepEqual(entries.slice(0, 3), [
    { what: "hint", at: began, hint: 1 },
    { what: "check", ...attempt },
    { what: "check", ...attempt, right: 0 },
  ]);
  assert.ok(Date.parse(entries[3]?.at ?? "") > Date.parse(began));
  assert.equal(
    await changeState(
      "one",
      state,
      (now) => now,
      () => ({ what: "solved", at: began }),
    ),
    undefined,
  );
  assert.equal((await readHistories("one")).e?.length, 4, "what did not change the state is not noted");
});

test("an extension is never dropped from a history: grades depend on it", async () => {
  await noteHistory("three", "e", { what: "extended", at: began, seconds: 60 });
  for (let hint = 1; hint <= 53; hint++) await noteHistory("three", "e", { what: "hint", at: began, hint });
  const { e = [] } = await readHistories("three");
  assert.deepEqual(
    [e.length, e[0], e[1]],
    [51, { what: "extended", at: began, seconds: 60 }, { what: "hint", at: began, hint: 4 }],
  );
});

test("the last 50 entries of an exercise are kept, and a lab without any has none", async () => {
  for (let hint = 1; hint <= 53; hint++) await noteHistory("two", "e", { what: "hint", at: began, hint });
  await noteHistory("two", "f", { what: "started", at: began });
  const { e = [], f = [] } = await readHistories("two");
  assert.deepEqual([e.length, f.length], [50, 1]);
  assert.deepEqual(
    [e[0], e.at(-1)],
    [
      { what: "hint", at: began, hint: 4 },
      { what: "hint", at: began, hint: 53 },
    ],
  );
  assert.deepEqual(await readHistories("none"), {});
});
