import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isCode } from "../errors.ts";
import { writeJson } from "../local/json-file.ts";
import type { Score } from "./score.ts";
import { exercisesFolder, readJson } from "./state.ts";

/** A graded attempt. */
export type Attempt = Pick<Score, "passed" | "points" | "of" | "right" | "goals" | "hints" | "seconds"> & {
  /** ISO 8601. */
  at: string;
};

/** What a student has achieved so far, over all starts of an exercise. */
export interface Result {
  /** How often `check` has graded it. */
  attempts: number;
  best: Attempt;
  /** Each attempt that was better than all before it: the last one is the best. Absent in what an older labwright wrote. */
  improvements?: Attempt[];
  /** Whether an attempt was graded after `solve`. */
  solved?: true;
  /** By how many seconds the student's time was extended at most, as of the last attempt. */
  extended?: number;
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
export async function readResults(lab: string): Promise<Record<string, Result>> {
  const files = await readdir(resultsFolder(lab)).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  });
  const names = files.flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);
  const results = await Promise.all(names.map(async (name) => [name, await readResult(lab, name)] as const));
  return Object.fromEntries(results.flatMap(([name, one]) => (one ? [[name, one]] : [])));
}

/** Counts an attempt and keeps the better result. The caller holds `withStates`. */
export async function noteResult(lab: string, name: string, score: Score, at: Date): Promise<Result> {
  const result = withAttempt(await readResult(lab, name), score, at);
  await mkdir(resultsFolder(lab), { recursive: true, mode: 0o700 });
  await writeJson(fileOf(lab, name), result, 0);
  return result;
}

function withAttempt(known: Result | undefined, score: Score, at: Date): Result {
  const { points, of, goals, hints, seconds, solved } = score;
  // `solve`'s work is not the student's.
  const [passed, right] = solved ? [false, 0] : [score.passed, score.right];
  const now = { passed, points, of, right, goals, hints, seconds, at: at.toISOString() };
  const before = known ? improvementsOf(known) : [];
  const extended = Math.max(score.extended ?? 0, known?.extended ?? 0);
  const isProgress = !known || isBetter(now, known.best);
  return {
    attempts: (known?.attempts ?? 0) + 1,
    best: isProgress ? now : known.best,
    improvements: isProgress ? [...before, now] : [...before],
    ...((solved || known?.solved) && { solved: true }),
    ...(extended > 0 && { extended }),
  };
}

const isBetter = (one: Attempt, other: Attempt): boolean =>
  one.points > other.points || (one.points === other.points && one.right > other.right);
