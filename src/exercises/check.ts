import { type Graded, goalsShown } from "./graded.ts";
import { noteResult, type Result } from "./results.ts";
import { type Score, scoreOf } from "./score.ts";
import { readState, resetMeanwhile, type State, withStates, writeState } from "./state.ts";
import type { Exercise } from "./types.ts";

export interface Checked {
  score: Score;
  result: Result;
  /** The state after the check. */
  state: State;
}

/**
 * Adds the result of a check to the state on disk, which may have changed since the check began: a hint taken meanwhile
 * is kept, and a `solve` meanwhile means no points. Throws `exercise-reset-meanwhile`.
 */
export function noteCheck(
  lab: string,
  exercise: Pick<Exercise, "name" | "points" | "timeLimit">,
  known: State,
  graded: readonly Graded[],
  now: Date,
): Promise<Checked> {
  return withStates(lab, async () => {
    const before = await readState(lab, exercise.name);
    if (before?.began !== known.began || before.started === undefined) throw resetMeanwhile(exercise.name);
    const score = scoreOf(exercise, { ...before, started: before.started }, graded, now);
    const check = { at: now.toISOString(), passed: score.passed, hints: before.hints, right: score.right };
    const state = { ...before, checks: [...before.checks, check], seen: goalsShown(graded) };
    await writeState(lab, state);
    return { score, state, result: await noteResult(lab, exercise.name, score, now) };
  });
}
