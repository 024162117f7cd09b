import { setTimeout as sleep } from "node:timers/promises";
import type { Task } from "../engine/graph.ts";
import { undo } from "../engine/undo.ts";
import { LabwrightError, messageOf } from "../errors.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { type Difference, differencesBetween, differenceText, outermost } from "../recording/differences.ts";
import { record, removeExtras } from "../recording/record.ts";
import { isOfCluster } from "../recording/types.ts";
import { agree, count } from "../wording.ts";
import { withoutExercise } from "./baseline.ts";
import { type Sorted, sorted } from "./room.ts";
import { endStart, readStates, type State, withStates, writeState } from "./state.ts";
import type { Exercise } from "./types.ts";
import { type ExerciseContext, isOwn, playByPlay, taskKey } from "./work.ts";

/** The result of a reset. */
export interface Reset {
  /** What still differed after undoing alone, in words. */
  leftByUndo: string[];
  /** What another started exercise also owns, and which was therefore left to its reset. */
  leftToOthers: string[];
  /** Differences outside the exercise's places, in words: left alone. */
  leftAlone: string[];
}

/** Seconds to wait for a deleted object of the cluster to disappear; all else disappears at once. */
const patience = 60;

/**
 * Undoes goal and setup in reverse, removes what else was made in the exercise's room, and compares the room with how it
 * was before the start. It leaves three things alone: what was right before the start, what another started exercise also
 * owns, and what is outside the room. Throws `reset-differs` if the room is not as it was; the exercise then stays started. `patient`
 * waits for what undoing began before it judges undoing.
 */
export async function reset(
  exercise: Exercise,
  state: State,
  context: ExerciseContext,
  { patient = false } = {},
): Promise<Reset> {
  const { inventory, activity, signal } = context;
  const { name: lab } = inventory.lab;
  const others = (await readStates(lab)).filter(({ name }) => name !== state.name);
  const shared = new Set(others.flatMap(({ tasks }) => tasks));
  const isMine = (task: Task): boolean => isOwn(state, task) && !shared.has(taskKey(task));

  // A later undo may need what was set up first, so nothing is undone after one that failed.
  for (const graph of playByPlay(exercise, context).reverse())
    await undo({ ...context, graph, stays: isMine }).catch((error: unknown) => {
      assertNotInterrupted(signal);
      throw undoFailed(exercise.name, error);
    });

  const differences = async (): Promise<Sorted> => {
    const now = await record(inventory);
    assertNotInterrupted(signal);
    return sorted(differencesBetween(state.before, now), state.room, others);
  };
  const settled = async (seconds: number): Promise<Sorted> => {
    for (const deadline = Date.now() + seconds * 1000; ; await sleep(1000, undefined, { signal })) {
      const left = await differences();
      const awaited = left.mine.filter(({ kind }) => isOfCluster(kind));
      if (awaited.length === 0 || Date.now() > deadline) return left;
    }
  };

  return activity.child("task", "compare the lab with what it was before the start", async (child, end) => {
    const left = await settled(patient ? patience : 0);
    const extras = left.mine.filter(({ how }) => how === "extra");
    if (extras.length > 0) {
      child.note(
        `removing ${count(extras.length, "thing")} that ${agree(extras.length, "was", "were")} made besides`,
      );
      await removeExtras(inventory, outermost(extras));
    }
    const remaining = left.mine.length === 0 ? left : await settled(extras.length > 0 ? patience : 0);
    if (remaining.mine.length > 0) throw resetDiffers(exercise.name, remaining.mine);
    await withStates(lab, () => leave(lab, state));
    end({ outcome: extras.length > 0 ? "changed" : "ok", details: extras.map(differenceText) });
    return {
      leftByUndo: left.mine.map(differenceText),
      leftToOthers: remaining.others.map(differenceText),
      leftAlone: outermost(remaining.strangers).map(differenceText),
    };
  });
}

/**
 * Removes the exercise from the current states of all others. A task that it had applied, and that others have too,
 * is then theirs to undo.
 */
async function leave(lab: string, state: State): Promise<void> {
  const others = (await readStates(lab)).filter(({ name }) => name !== state.name);
  const above = new Map(withoutExercise(state, others).map((other) => [other.name, other]));
  const mine = state.tasks.filter((key) => !state.found.includes(key));
  for (const other of others) {
    const found = other.found.filter((key) => other.began < state.began || !mine.includes(key));
    await writeState(lab, { ...(above.get(other.name) ?? other), found });
  }
  await endStart(lab, state.name);
}

const undoFailed = (name: string, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "reset-stopped",
    message: `the reset of ${name} stopped, and the rest of its setup is still there: ${messageOf(cause)}`,
    remedy: `${cause instanceof LabwrightError ? `${cause.remedy} ` : ""}Then run \`labwright exercise reset ${name}\` again.`,
    ...(cause instanceof LabwrightError && cause.output !== undefined && { output: cause.output }),
    cause,
  });

const resetDiffers = (name: string, differences: readonly Difference[]): LabwrightError =>
  new LabwrightError({
    code: "reset-differs",
    message: [`the reset of ${name} did not restore everything`, ...differences.map(differenceText)].join(
      "\n  ",
    ),
    remedy:
      "Restore these by hand (run `labwright up` for parts of the lab itself), then reset again; `--forget` ends the exercise and leaves the lab as it is now.",
  });
