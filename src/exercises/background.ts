import type { Graded } from "./graded.ts";
import { noteResult, readResult } from "./results.ts";
import { scoreOf } from "./score.ts";
import { type Glance, readState, type State, withStates, writeState } from "./state.ts";
import type { Exercise } from "./types.ts";

/**
 * Adds what a background check has seen to the state on disk, apart from the student's own checks: it does not count as an attempt,
 * unlocks no hint, and replaces no words of the last check. What it sees passed is a result. Notes nothing if a machine could not be asked, or if the
 * exercise was reset, solved by labwright or passed with as many points meanwhile.
 */
export function noteBackgroundCheck(
  lab: string,
  exercise: Pick<Exercise, "name" | "points" | "timeLimit">,
  known: State,
  graded: readonly Graded[],
  now: Date,
): Promise<void> {
  return withStates(lab, async () => {
    if (graded.length === 0 || graded.some(({ verdict }) => verdict === "unreachable")) return;
    const state = await readState(lab, exercise.name);
    if (state?.began !== known.began || state.started === undefined || state.solved !== undefined) return;
    const score = scoreOf(exercise, { ...state, started: state.started }, graded, now);
    const before = (await readResult(lab, exercise.name))?.best;
    if (before?.passed && before.points >= score.points) return;
    const last: Glance = { at: now.toISOString(), right: score.right, goals: score.goals };
    const { best = last } = state.background ?? {};
    await writeState(lab, { ...state, background: { last, best: last.right > best.right ? last : best } });
    if (score.passed) await noteResult(lab, exercise.name, score, now, { background: true });
  });
}
