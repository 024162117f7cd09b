import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeJson } from "../local/json-file.ts";
import { exercisesFolder, readEach } from "./folder.ts";
import { type Attempt, noteHistory } from "./history.ts";
import type { Score } from "./score.ts";
import { readJson } from "./state.ts";

/** What a student has achieved so far, over all starts of an exercise. */
export interface Result {
  /** How often `check` has graded it. */
  attempts: number;
  best: Attempt;
  /** Each attempt that was better than all before it: the last one is the best. Absent in what an older labwright wrote. */
  improvements?: Attempt[];
  /** Whether an attempt was graded after `solve`. */
  solved?: true;
}

/** Each attempt that was better than all before it, in their order. */
export const improvementsOf = ({ best, improvements = [best] }: Result): readonly Attempt[] => improvements;

/** The better of two attempts; the first one, if they are equal. */
export const betterOf = (one: Attempt, other: Attempt): Attempt => (isBetter(other, one) ? other : one);

const resultsFolder = (lab: string): string => join(exercisesFolder(lab), "results");
const fileOf = (lab: string, name: string): string => join(resultsFolder(lab), `${name}.json`);

export const readResult = (lab: string, name: string): Promise<Result | undefined> =>
  readJson<Result>(fileOf(lab, name));

/** All results of a lab: exercise → result. */
export const readResults = (lab: string): Promise<Record<string, Result>> =>
  readEach(resultsFolder(lab), (name) => readResult(lab, name));

/**
 * Counts an attempt and keeps the better result; what a background check has seen is not counted. The caller holds
 * `withStates`.
 */
export async function noteResult(
  lab: string,
  name: string,
  score: Score,
  at: Date,
  { background = false } = {},
): Promise<Result> {
  const attempt = { ...attemptOf(score, at), ...(background && { background: true as const }) };
  const result = withAttempt(await readResult(lab, name), attempt, score.solved);
  await mkdir(resultsFolder(lab), { recursive: true, mode: 0o700 });
  await writeJson(fileOf(lab, name), result, 0);
  await noteHistory(lab, name, { what: "check", ...attempt });
  return result;
}

function attemptOf({ points, of, goals, hints, seconds, solved, ...score }: Score, at: Date): Attempt {
  // `solve`'s work is not the student's.
  const [passed, right] = solved ? [false, 0] : [score.passed, score.right];
  return { passed, points, of, right, goals, hints, seconds, at: at.toISOString() };
}

function withAttempt(known: Result | undefined, now: Attempt, solved: boolean): Result {
  const before = known ? improvementsOf(known) : [];
  const isProgress = !known || isBetter(now, known.best);
  return {
    attempts: (known?.attempts ?? 0) + (now.background ? 0 : 1),
    best: isProgress ? now : known.best,
    improvements: isProgress ? [...before, now] : [...before],
    ...((solved || known?.solved) && { solved: true }),
  };
}

const isBetter = (one: Attempt, other: Attempt): boolean =>
  one.points > other.points || (one.points === other.points && one.right > other.right);
