import { setTimeout as sleep } from "node:timers/promises";
import type { Activity } from "../activity/activity.ts";
import { tasksOf } from "../engine/graph.ts";
import { LabwrightError, messageOf } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { machinesOn } from "../lab/roles.ts";
import { grade } from "./grade.ts";
import type { Graded } from "./graded.ts";
import { type Reset, reset } from "./reset.ts";
import { readState, type State } from "./state.ts";
import type { Attempt, Exercise } from "./types.ts";
import { type ExerciseContext, setupGraph, solve, start, taskKey } from "./work.ts";

/** A student's command may hang; no correct one takes longer, in milliseconds. */
const attemptTimeout = 120_000;

/** How long to wait for the effect of an attempt, in milliseconds: pods start, records are written. */
const attemptPatience = 15_000;

export interface ProveOptions {
  /** Whether the exercise is started once more after the solution was reset, in place of the wrong attempts. */
  rehearses?: boolean;
}

/**
 * Proves an exercise: after the setup every goal is wrong, after each wrong attempt grading contains
 * the attempt's words, after the solution every goal is right, and each reset restores the lab's state from
 * before the start. The lab is always reset at the end. Returns what is wrong, in words.
 */
export async function prove(
  exercise: Exercise,
  context: ExerciseContext,
  { rehearses = false }: ProveOptions = {},
): Promise<string[]> {
  const found: string[] = [];
  const { activity } = context;

  /** A part of the proof: it fails with what it finds or throws; true if it passes. */
  const part = (title: string, work: (inside: ExerciseContext) => Promise<string[]>): Promise<boolean> =>
    activity.child("task", title, async (child, end) => {
      const wrong = await work({ ...context, activity: child }).catch((error: unknown) => {
        assertNotInterrupted(context.signal);
        return [wordsOf(error)];
      });
      found.push(...wrong.map((words) => `${title}: ${words}`));
      end(wrong.length === 0 ? { outcome: "ok" } : { outcome: "differs", details: wrong });
      return wrong.length === 0;
    });
  let state: State | undefined;
  const begin = (why: string) =>
    part(`start${why}`, async (inside) => {
      state = await start(exercise, inside, state);
      return [];
    });
  const putBack = (why: string, judge?: (reset: Reset) => string[]) =>
    part(`reset${why}`, async (inside) => {
      const result = await resetNow(exercise, inside, judge !== undefined);
      const outside = result.leftAlone.map(
        (left) => `it is not the exercise's, and was left alone: ${left} (name it in \`places\`)`,
      );
      return [...outside, ...(judge?.(result) ?? [])];
    });

  if (await begin("")) {
    await part("after the setup every goal is wrong", (inside) => rightTooEarly(exercise, inside));
    for (const attempt of rehearses ? [] : exercise.wrong) {
      await part(`wrong attempt: ${attempt.name}`, (inside) => tryWrong(exercise, attempt, inside));
      if (!(await putBack(` after ${attempt.name}`)) || !(await begin(` after ${attempt.name}`)))
        return found;
    }
    await part("the solution can be applied", (inside) => solve(exercise, inside).then(() => []));
    await part("after the solution every goal is right", (inside) => wrongStill(exercise, inside));
  }
  const isBack = await putBack(" by undoing alone", ({ leftByUndo }) =>
    leftByUndo.map((left) => `undoing left a difference: ${left}`),
  );
  if (rehearses && isBack && state && (await begin(" again"))) {
    await part("after another start every goal is wrong", (inside) => rightTooEarly(exercise, inside));
    await putBack(" again");
  }
  return found;
}

async function resetNow(exercise: Exercise, context: ExerciseContext, patient: boolean): Promise<Reset> {
  const state = await readState(context.inventory.lab.name, exercise.name);
  if (!state) return { leftByUndo: [], leftToOthers: [], leftAlone: [] };
  return reset(exercise, state, context, { patient });
}

const gradeQuietly = ({ inventory }: ExerciseContext, exercise: Exercise): Promise<Graded[]> =>
  grade(exercise, inventory, silent);

/** The part of the proof reports everything that it found at once. */
const silent: Activity = {
  note: () => {},
  expect: () => {},
  child: (_kind, _title, work) => work(silent, () => {}),
};

/** A goal that is also a task of the setup is a condition that always holds, and not the student's work. */
async function rightTooEarly(exercise: Exercise, context: ExerciseContext): Promise<string[]> {
  const given = new Set(tasksOf(setupGraph(exercise, context)).map(taskKey));
  const graded = (await gradeQuietly(context, exercise)).filter(({ key }) => !given.has(key));
  const early = graded.filter(({ verdict }) => verdict === "right");
  return [
    ...(graded.length === 0 ? ["the setup itself does all that is graded"] : []),
    ...early.map(
      ({ goal, machine, task }) =>
        `the goal "${goal}" (${task} on ${machine}) is right before the student did anything`,
    ),
    ...unreachable(graded),
  ];
}

async function wrongStill(exercise: Exercise, context: ExerciseContext): Promise<string[]> {
  const graded = await gradeQuietly(context, exercise);
  return graded
    .filter(({ verdict }) => verdict !== "right")
    .map(({ goal, machine, words }) => `the goal "${goal}" is not right on ${machine}: ${words.join("; ")}`);
}

async function tryWrong(exercise: Exercise, attempt: Attempt, context: ExerciseContext): Promise<string[]> {
  const { on, run } = attempt;
  const { inventory, signal } = context;
  for (const { name } of machinesOn(inventory.lab, [on])) {
    const host = await inventory.host(name);
    // As root types it after logging in, not in the environment of labwright's commands.
    await host.run(sh`su - root -c ${run}`, { accept: "any", timeout: attemptTimeout, signal });
  }
  for (const deadline = Date.now() + attemptPatience; ; await sleep(1000, undefined, { signal })) {
    const unsaid = unsaidOf(attempt, await gradeQuietly(context, exercise));
    if (unsaid.length === 0 || Date.now() > deadline) return unsaid;
  }
}

/** Why a grading differs from the one that an attempt should get, in words. */
function unsaidOf({ expect }: Attempt, graded: readonly Graded[]): string[] {
  const words = graded.filter(({ verdict }) => verdict === "wrong").flatMap((one) => one.words);
  if (words.length === 0) return ["it is graded as right", ...unreachable(graded)];
  return words.some((one) => one.includes(expect))
    ? []
    : [`grading does not say "${expect}", but: ${words.join("; ")}`];
}

const unreachable = (graded: readonly Graded[]): string[] =>
  graded
    .filter(({ verdict }) => verdict === "unreachable")
    .map(({ machine, words }) => `${machine} could not be asked: ${words.join("; ")}`);

function wordsOf(error: unknown): string {
  const output = error instanceof LabwrightError && error.output ? `\n${error.output}` : "";
  return `${messageOf(error)}${output}`;
}
