import type { Recording } from "../recording/types.ts";
import type { State } from "./state.ts";

/**
 * Each started exercise has a baseline, recorded on top of the earlier ones: the difference between one and the next
 * is what the first exercise did. A reset removes that, so it is also removed from the later baselines: everything that
 * the exercise changed gets its value from before its start there, unless someone else changed it since.
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
