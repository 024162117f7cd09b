import type { Graded } from "./graded.ts";
import type { State } from "./state.ts";
import type { Exercise } from "./types.ts";

export interface Score {
  passed: boolean;
  right: number;
  goals: number;
  points: number;
  of: number;
  hints: number;
  /** Whether the time limit had passed. */
  late: boolean;
  /** Whether `solve` did the work. */
  solved: boolean;
  /** Since the start. */
  seconds: number;
}

/** When a time limit ends, with what the start was extended by; undefined without a limit. */
export const limitEnd = (
  { timeLimit }: Pick<Exercise, "timeLimit">,
  { started, extended = 0 }: Pick<State, "extended"> & { started: string },
): Date | undefined =>
  timeLimit === undefined ? undefined : new Date(Date.parse(started) + (timeLimit + extended) * 1000);

/** All points, if every goal is right, in time and without `solve`; hints are counted and cost nothing. */
export function scoreOf(
  exercise: Pick<Exercise, "points" | "timeLimit">,
  state: Pick<State, "hints" | "solved" | "extended"> & { started: string },
  graded: readonly Graded[],
  now: Date,
): Score {
  const right = graded.filter(({ verdict }) => verdict === "right").length;
  const seconds = Math.max(0, (now.getTime() - Date.parse(state.started)) / 1000);
  const passed = graded.length > 0 && right === graded.length;
  const end = limitEnd(exercise, state);
  const late = end !== undefined && now > end;
  const solved = state.solved !== undefined;
  const earned = passed && !late && !solved ? exercise.points : 0;
  return {
    passed,
    right,
    goals: graded.length,
    points: earned,
    of: exercise.points,
    hints: state.hints,
    late,
    solved,
    seconds,
  };
}
