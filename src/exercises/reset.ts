import { setTimeout as sleep } from "node:timers/promises";
import type { Task } from "../engine/graph.ts";
import { undo } from "../engine/undo.ts";
import { LabwrightError } from "../errors.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { withoutExercise } from "./baseline.ts";
import { mayBeOthers, placeOf } from "./ownership.ts";
import {
  type Difference,
  differencesBetween,
  differenceText,
  record,
  removeExtras,
} from "./recording/record.ts";
import { readStates, removeState, type State, withStates, writeState } from "./state.ts";
import type { Exercise } from "./types.ts";
import { playByPlay, taskKey, type Workshop } from "./work.ts";

/** How a reset ended. */
export interface Reset {
  /** What undoing alone had not brought back, in words. */
  leftByUndo: string[];
  /** What another started exercise may own, and which therefore was left to its reset. */
  leftToOthers: string[];
}

/** Seconds that an object of the cluster which was deleted may take to be gone; all else is gone at once. */
const patience = 60;

/**
 * Undoes goal and setup in reverse, takes away what the student made besides, and compares the lab with what was taken
 * down before the start. What was right before the start, and what another started exercise has too, is not undone.
 * Throws `reset-differs` where anything is not as it was; the exercise then stays started. `patient` waits for what
 * undoing began before it judges undoing.
 */
export async function reset(
  exercise: Exercise,
  state: State,
  shop: Workshop,
  { patient = false } = {},
): Promise<Reset> {
  const { world, activity, signal } = shop;
  const { name: lab } = world.lab;
  const others = (await readStates(lab)).filter(({ name }) => name !== state.name);
  const shared = new Set(others.flatMap(({ tasks }) => tasks));
  const isMine = (task: Task): boolean => !state.found.includes(taskKey(task)) && !shared.has(taskKey(task));

  const failures: unknown[] = [];
  for (const graph of playByPlay(exercise, shop).reverse())
    await undo({ ...shop, graph, stays: isMine }).catch((error) => {
      assertNotInterrupted(signal);
      failures.push(error);
    });

  const isOthers = (one: Difference): boolean => mayBeOthers(one, state, others);
  const differences = async (): Promise<Difference[]> =>
    differencesBetween(state.before, await record(world));
  const settled = async (seconds: number): Promise<Difference[]> => {
    for (const deadline = Date.now() + seconds * 1000; ; await sleep(1000, undefined, { signal })) {
      const left = await differences();
      const awaited = left.filter((one) => !isOthers(one) && placeOf(one) === "cluster");
      if (awaited.length === 0 || Date.now() > deadline) return left;
    }
  };

  return activity.child("task", "compare the lab with what it was before the start", async (child, end) => {
    const left = await settled(patient ? patience : 0);
    const mine = left.filter((one) => !isOthers(one));
    const extras = mine.filter(({ how }) => how === "extra");
    if (extras.length > 0) {
      child.note(`taking away ${extras.length} things that were made besides`);
      await removeExtras(world, outermost(extras));
    }
    const remaining = mine.length === 0 ? left : await settled(extras.length > 0 ? patience : 0);
    const wrong = remaining.filter((one) => !isOthers(one));
    if (wrong.length > 0 || failures.length > 0) throw resetDiffers(exercise.name, wrong, failures[0]);
    await withStates(lab, () => leave(lab, state));
    end({ outcome: extras.length > 0 ? "changed" : "ok", details: extras.map(differenceText) });
    return {
      leftByUndo: mine.map(differenceText),
      leftToOthers: remaining.map(differenceText),
    };
  });
}

/**
 * Takes the exercise out of the states of all others, as they are by now. A task that it had applied, and others have too,
 * is now the others' to undo.
 */
async function leave(lab: string, state: State): Promise<void> {
  const others = (await readStates(lab)).filter(({ name }) => name !== state.name);
  const above = new Map(withoutExercise(state, others).map((other) => [other.name, other]));
  const mine = state.tasks.filter((key) => !state.found.includes(key));
  for (const other of others) {
    const found = other.found.filter((key) => other.began < state.began || !mine.includes(key));
    await writeState(lab, { ...(above.get(other.name) ?? other), found });
  }
  await removeState(lab, state.name);
}

/** A folder goes with all that is in it. */
const outermost = (extras: readonly Difference[]): Difference[] =>
  extras.filter(
    ({ machine, kind, name }) =>
      kind !== "file" ||
      !extras.some((one) => one.machine === machine && one.kind === kind && name.startsWith(`${one.name}/`)),
  );

const resetDiffers = (name: string, differences: readonly Difference[], cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "reset-differs",
    message: [`the reset of ${name} did not bring back everything`, ...differences.map(differenceText)].join(
      "\n  ",
    ),
    remedy:
      "put these back by hand, or with `labwright up` what is the lab's own, and reset again; `--forget` takes the lab as it is now",
    cause,
  });
