import assert from "node:assert/strict";
import { test } from "node:test";
import { noteBackgroundCheck } from "../../src/exercises/background.ts";
import { noteCheck } from "../../src/exercises/check.ts";
import { extend } from "../../src/exercises/extend.ts";
import type { Graded, Verdict } from "../../src/exercises/graded.ts";
import { nextHint } from "../../src/exercises/hints.ts";
import { readHistories } from "../../src/exercises/history.ts";
import { readResult } from "../../src/exercises/results.ts";
import { changeState, endStart, readState, type State, writeState } from "../../src/exercises/state.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

const exercise = { name: "e", points: 10, timeLimit: 3600 };
const began = "2026-12-01T10:00:00.000Z";
const at = (minutes: number) => new Date(Date.parse(began) + minutes * 60_000);
const graded = (...verdicts: Verdict[]): Graded[] =>
  verdicts.map((verdict, index) => ({
    ...{ goal: `g${index}`, machine: "m", task: "t", key: `k${index}`, verdict, words: ["words"] },
  }));

let labs = 0;
/** A lab in which the exercise was started. */
async function startedLab(more: Partial<State> = {}) {
  labs += 1;
  const lab = `background-${labs}`;
  const known: State = {
    ...{ name: "e", began, started: began, before: {}, found: [], tasks: [], room: [], hints: 0, checks: [] },
    ...more,
  };
  await writeState(lab, known);
  return {
    lab,
    known,
    glance: (minutes: number, ...verdicts: Verdict[]) =>
      noteBackgroundCheck(lab, exercise, known, graded(...verdicts), at(minutes)),
    check: (minutes: number, ...verdicts: Verdict[]) =>
      noteCheck(lab, exercise, known, graded(...verdicts), at(minutes)),
    state: () => readState(lab, "e"),
  };
}

test("a background check that is not passed leaves attempts, hints, words and results as they are", async () => {
  const { lab, known, glance, check, state } = await startedLab({ hints: 1 });
  await check(1, "wrong", "wrong");
  const before = await state();
  await glance(5, "right", "wrong");
  await glance(10, "wrong", "wrong");
  const { background, ...after } = (await state()) ?? known;
  assert.deepEqual(after, before);
  assert.deepEqual(background, {
    last: { at: at(10).toISOString(), right: 0, goals: 2 },
    best: { at: at(5).toISOString(), right: 1, goals: 2 },
  });
  const result = await readResult(lab, "e");
  assert.deepEqual([result?.attempts, result?.best.right], [1, 0]);
  assert.equal((await readHistories(lab)).e?.length, 1);
});

test("failures that only the background has seen unlock no hint", async () => {
  const { glance, known, state } = await startedLab({ hints: 1 });
  await glance(5, "wrong");
  assert.equal(nextHint(2, (await state()) ?? known), "locked");
});

test("what the background sees passed is a result with points at that time, and no attempt", async () => {
  const { lab, glance, check, state } = await startedLab();
  await check(1, "wrong");
  await glance(5, "right");
  const result = await readResult(lab, "e");
  const passed = { passed: true, points: 10, of: 10, right: 1, goals: 1, hints: 0, seconds: 300 };
  assert.deepEqual(result?.best, { ...passed, at: at(5).toISOString(), background: true });
  assert.equal(result?.attempts, 1);
  await glance(10, "right");
  await check(12, "right");
  assert.equal(
    (await state())?.background?.last.at,
    at(5).toISOString(),
    "once it is passed, nothing is noted",
  );
  assert.equal((await readHistories(lab)).e?.length, 3);
  const { attempts, best, improvements } = (await readResult(lab, "e")) ?? {};
  assert.deepEqual([attempts, best?.at, improvements?.length], [2, at(5).toISOString(), 2]);
});

test("what was passed too late has its points once the student has more time, and only that is noted", async () => {
  const { lab, glance, check, state } = await startedLab();
  await check(61, "right");
  await glance(62, "right");
  await extend(lab, "e", 10);
  await glance(63, "wrong");
  assert.equal((await state())?.background, undefined);
  assert.equal((await readResult(lab, "e"))?.improvements?.length, 1);
  await glance(64, "right");
  const { best, attempts } = (await readResult(lab, "e")) ?? {};
  assert.deepEqual([best?.points, best?.at, attempts], [10, at(64).toISOString(), 1]);
});

test("a first result may come from the background alone", async () => {
  const { lab, glance } = await startedLab();
  await glance(5, "right");
  assert.deepEqual(
    [(await readResult(lab, "e"))?.attempts, (await readResult(lab, "e"))?.best.passed],
    [0, true],
  );
});

test("if a machine could not be asked, nothing is noted", async () => {
  const { glance, known, state } = await startedLab();
  await glance(5, "right", "unreachable");
  await glance(6);
  assert.deepEqual(await state(), known);
});

test("what is reset, started again or solved meanwhile is not noted", async () => {
  const reset = await startedLab();
  await endStart(reset.lab, "e");
  await reset.glance(5, "right");
  assert.deepEqual([await reset.state(), await readResult(reset.lab, "e")], [undefined, undefined]);
  const again = { ...reset.known, began: at(3).toISOString(), started: at(3).toISOString() };
  await writeState(reset.lab, again);
  await reset.glance(5, "right");
  assert.deepEqual([await reset.state(), await readResult(reset.lab, "e")], [again, undefined]);
  const solved = await startedLab();
  await changeState(solved.lab, solved.known, (state) => ({ ...state, solved: at(4).toISOString() }));
  await solved.glance(5, "right");
  assert.deepEqual(
    [(await solved.state())?.background, await readResult(solved.lab, "e")],
    [undefined, undefined],
  );
});
