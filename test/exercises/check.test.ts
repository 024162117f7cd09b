import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { summaryOf } from "../../src/commands/exercise/check.ts";
import { noteCheck } from "../../src/exercises/check.ts";
import { extend } from "../../src/exercises/extend.ts";
import { type Graded, goalsShown } from "../../src/exercises/graded.ts";
import { readResult } from "../../src/exercises/results.ts";
import {
  changeState,
  readState,
  removeState,
  type State,
  withStates,
  writeState,
} from "../../src/exercises/state.ts";

const home = mkdtempSync(join(tmpdir(), "lwtest-check-"));
process.env.XDG_DATA_HOME = home;
after(() => rmSync(home, { recursive: true, force: true }));

const lab = "check";
const exercise = { name: "e", points: 10, hints: ["one"] };
const started = "2026-01-01T00:00:00.000Z";
const now = new Date("2026-01-01T00:01:00.000Z");
const fresh: State = {
  name: "e",
  began: started,
  started,
  before: {},
  found: [],
  tasks: [],
  room: [],
  hints: 0,
  checks: [],
};
const graded = (verdict: Graded["verdict"]): Graded[] => [
  { goal: "g", machine: "m", task: "t", key: "k", verdict, words: [] },
];
const check = (known: State, verdict: Graded["verdict"] = "right") =>
  noteCheck(lab, exercise, known, graded(verdict), now);

test("a check that ends after a solve gives no points, and the solve is not forgotten", async () => {
  await writeState(lab, fresh);
  await changeState(lab, fresh, (state) => ({ ...state, solved: started, hints: 1 }));
  const { score, result } = await check(fresh);
  assert.deepEqual([score.points, score.solved, score.hints, result.best.passed], [0, true, 1, false]);
  const { solved, checks, hints } = (await readState(lab, "e")) ?? fresh;
  assert.deepEqual([solved, checks.length, hints], [started, 1, 1]);
});

test("a check that ends after a reset, or after another start, counts for nothing", async () => {
  await writeState(lab, fresh);
  await removeState(lab, "e");
  await assert.rejects(check(fresh), { code: "exercise-reset-meanwhile" });
  assert.equal(await readState(lab, "e"), undefined);
  const again = { ...fresh, began: "2026-01-02T00:00:00.000Z" };
  await writeState(lab, again);
  await assert.rejects(check(fresh), { code: "exercise-reset-meanwhile" });
  assert.deepEqual(await readState(lab, "e"), again);
  assert.equal(await changeState(lab, fresh, (state) => ({ ...state, hints: 9 })), undefined);
});

test("changes of the states wait for each other, and none is lost", async () => {
  await writeState(lab, fresh);
  let inside = 0;
  await Promise.all([
    withStates(lab, async () => {
      inside++;
      await sleep(60);
      inside--;
    }),
    ...Array.from({ length: 5 }, () =>
      changeState(lab, fresh, (state) => {
        assert.equal(inside, 0);
        return { ...state, hints: state.hints + 1 };
      }),
    ),
  ]);
  assert.equal((await readState(lab, "e"))?.hints, 5);
});

test("attempts and the best result are kept: after it was broken, and over a new start", async () => {
  rmSync(join(home, "labwright"), { recursive: true, force: true });
  await writeState(lab, fresh);
  await check(fresh);
  const broken = await check(fresh, "wrong");
  assert.equal(
    summaryOf(exercise, broken, {}),
    "Not yet: 0 of 1 right; 0 of 10 points, 60.0s since the start. The best of 2 attempts: 1 of 1 right, 10 of 10 points. `labwright exercise hint e` shows a hint.",
  );
  await removeState(lab, "e");
  const again = { ...fresh, began: "2026-01-02T00:00:00.000Z" };
  await writeState(lab, again);
  await check(again, "wrong");
  const { attempts, best } = (await readResult(lab, "e")) ?? assert.fail();
  assert.deepEqual([attempts, best.passed, best.points, best.right], [3, true, 10, 1]);
});

test("an extension counts in the checks after it, and ends with the start", async () => {
  rmSync(join(home, "labwright"), { recursive: true, force: true });
  const short = { ...exercise, timeLimit: 30 };
  const checkShort = (known: State) => noteCheck(lab, short, known, graded("right"), now);
  await assert.rejects(extend(lab, "e", 1), { code: "exercise-not-started" });
  await writeState(lab, fresh);
  for (const minutes of [0, 601, 0.5, -1, Number.NaN])
    await assert.rejects(extend(lab, "e", minutes), { code: "extension-wrong", exit: 2 });
  assert.equal((await checkShort(fresh)).score.points, 0);
  await extend(lab, "e", 1);
  assert.equal((await extend(lab, "e", 2)).extended, 180);
  const { score, result } = await checkShort(fresh);
  assert.deepEqual([score.points, score.late, result.best.points], [10, false, 10]);
  await writeState(lab, { ...fresh, began: "2026-01-02T00:00:00.000Z" });
  await assert.rejects(checkShort(fresh), { code: "exercise-reset-meanwhile" });
  const again = await checkShort({ ...fresh, began: "2026-01-02T00:00:00.000Z" });
  assert.deepEqual([again.score.late, again.result.best.points], [true, 10]);
});

test("what is printed of a goal for programs does not have its parameters: they are the solution", () => {
  const key = 'cp ["kube-objects",{"objects":[{"kind":"Deployment"}]}]';
  const [goal] = goalsShown([{ goal: "g", machine: "cp", task: "t", key, verdict: "wrong", words: ["w"] }]);
  assert.deepEqual(goal, { goal: "g", machine: "cp", task: "t", verdict: "wrong", words: ["w"] });
});
