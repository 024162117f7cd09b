import type { Recording } from "./recording/types.ts";
import type { State } from "./state.ts";

/**
 * The baselines of started exercises lie on each other: what lies between one and the next is what the first did. When
 * an exercise is reset, that is gone, and so the baselines above it lose it: each thing that the exercise had changed
 * is in them again as it was before its start, unless someone else changed it since.
 */
export function withoutExercise(reset: State, others: readonly State[]): State[] {
  const above = others.filter(({ began }) => began > reset.began);
  const [next] = above;
  if (!next) return [];
  const keys = new Set([...Object.keys(reset.before), ...Object.keys(next.before)]);
  const changed = [...keys].filter((key) => reset.before[key] !== next.before[key]);
  return above.map((state) => ({
    ...state,
    before: changed.reduce(
      (before, key) => {
        if (before[key] === next.before[key]) put(before, key, reset.before[key]);
        return before;
      },
      { ...state.before },
    ),
  }));
}

function put(recording: Recording, key: string, value: string | undefined): void {
  if (value === undefined) delete recording[key];
  else recording[key] = value;
}
