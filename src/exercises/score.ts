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

/** All points, if every goal is right, in time and without `solve`; hints are counted and cost nothing. */
export function scoreOf(
  { points, timeLimit }: Pick<Exercise, "points" | "timeLimit">,
  state: Pick<State, "hints" | "solved"> & { started: string },
  graded: readonly Graded[],
  now: Date,
): Score {
  const right = graded.filter(({ verdict }) => verdict === "right").length;
  const seconds = Math.max(0, (now.getTime() - Date.parse(state.started)) / 1000);
  const passed = graded.length > 0 && right === graded.length;
  const late = timeLimit !== undefined && seconds > timeLimit;
  const solved = state.solved !== undefined;
  const earned = passed && !late && !solved ? points : 0;
  return {
    passed,
    right,
    goals: graded.length,
    points: earned,
    of: points,
    hints: state.hints,
    late,
    solved,
    seconds,
  };
}
