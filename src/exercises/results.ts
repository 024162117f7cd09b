import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeJson } from "../local/json-file.ts";
import type { Score } from "./score.ts";
import { exercisesFolder, readJson } from "./state.ts";

/** What a student has achieved so far, over all starts of an exercise. */
export interface Result {
  /** How often `check` has graded it. */
  attempts: number;
  best: Pick<Score, "passed" | "points" | "of" | "right" | "goals" | "hints" | "seconds"> & { at: string };
}

const fileOf = (lab: string, name: string): string => join(exercisesFolder(lab), "results", `${name}.json`);

export const readResult = (lab: string, name: string): Promise<Result | undefined> =>
  readJson<Result>(fileOf(lab, name));

/** Counts an attempt and keeps the better result. The caller holds `withStates`. */
export async function noteResult(lab: string, name: string, score: Score, at: Date): Promise<Result> {
  const result = withAttempt(await readResult(lab, name), score, at);
  await mkdir(join(exercisesFolder(lab), "results"), { recursive: true, mode: 0o700 });
  await writeJson(fileOf(lab, name), result, 0);
  return result;
}

function withAttempt(known: Result | undefined, score: Score, at: Date): Result {
  const { points, of, goals, hints, seconds, solved } = score;
  // `solve`'s work is not the student's.
  const [passed, right] = solved ? [false, 0] : [score.passed, score.right];
  const now = { passed, points, of, right, goals, hints, seconds, at: at.toISOString() };
  const attempts = (known?.attempts ?? 0) + 1;
  return { attempts, best: known && !isBetter(now, known.best) ? known.best : now };
}

const isBetter = (one: Result["best"], other: Result["best"]): boolean =>
  one.points > other.points || (one.points === other.points && one.right > other.right);
