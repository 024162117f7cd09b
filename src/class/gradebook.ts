import { z } from "zod";
import type { Attempt } from "../exercises/history.ts";
import { betterOf, improvementsOf, type Result, readResults } from "../exercises/results.ts";
import { readStates, type State } from "../exercises/state.ts";
import type { Class } from "./class-file.ts";
import { extensionOf, historiesOf } from "./history.ts";
import { keptLabs } from "./kept-labs.ts";
import { labNameOf } from "./labs.ts";
import { extendedBy, type Phase, phaseAt } from "./times.ts";

/** One student's work on one exercise, as it is listed and exported. */
export interface Grade {
  student: string;
  exercise: string;
  /** `started` is now; the others are about the best result. */
  state: "not started" | "started" | "tried" | "passed";
  attempts: number;
  points: number;
  /** The points that can be had; absent until it was graded once. */
  of?: number;
  /** Goals that were right in the best attempt, of how many. */
  right?: number;
  goals?: number;
  /** Hints that were taken before the best attempt. */
  hints: number;
  /** From the start to the best attempt. */
  seconds?: number;
  /** When the best attempt was graded; ISO 8601. */
  at?: string;
  /** Whether a background check has seen the best attempt. */
  background?: true;
  /** When it was first passed; ISO 8601. */
  firstPass?: string;
  /** Whether `solve` did the work at some time, as far as that is known. */
  solved?: true;
  /** Absent if the exercise has no times. */
  phase?: Phase;
  /** By how many seconds the instructor has extended the student's time in all. */
  extended?: number;
}

const labResults = keptLabs(
  ".json",
  z.custom<Result>(
    (value) => typeof value === "object" && value !== null && "attempts" in value && "best" in value,
  ),
  readResults,
);

/** Keeps the results of a lab that is going to be removed. The caller holds the lab's lock. */
export const keepResults = labResults.keep;

/** A student's results for each exercise, in the lab that there is and in those before it. */
export const resultsOf = labResults.all;

/**
 * Every student's work on every exercise of the class, in the class file's order: in the labs that there are, and in those before
 * them. What was graded after the exercise was closed is an attempt, and does not count else. Connects to nothing.
 */
export async function gradesOf(
  one: Class,
  students: readonly string[],
  now: Date = new Date(),
): Promise<Grade[]> {
  const grades = students.map(async (student) =>
    gradesWith(one, student, await readStates(labNameOf(one, student)), now),
  );
  return (await Promise.all(grades)).flat();
}

/** One student's grades, as `gradesOf` says, with the states of the started exercises, which are long to read. */
export async function gradesWith(
  one: Class,
  student: string,
  states: readonly State[],
  now: Date = new Date(),
): Promise<Grade[]> {
  const [all, histories] = [await resultsOf(one, student), await historiesOf(one, student)];
  return one.exercises.map((exercise) => {
    const results = all.get(exercise) ?? [];
    const state = states.find(({ name }) => name === exercise);
    const extended = extensionOf(histories.get(exercise)?.flat());
    const ofClass = one.times?.get(exercise);
    const times = ofClass && extendedBy(ofClass, extended);
    const counts = ({ at }: Attempt) => phaseAt(times ?? {}, new Date(at)) !== "closed";
    return {
      ...{ student, exercise },
      ...workOf(results, state, counts),
      ...(times && { phase: phaseAt(times, now) }),
      ...(extended > 0 && { extended }),
    };
  });
}

function workOf(
  results: readonly Result[],
  state: State | undefined,
  counts: (attempt: Attempt) => boolean,
): Omit<Grade, "student" | "exercise" | "phase" | "extended"> {
  const attempts = results.reduce((sum, result) => sum + result.attempts, 0);
  const isSolved = state?.solved !== undefined || results.some(({ solved }) => solved);
  const more = { attempts, ...(isSolved && { solved: true as const }) };
  const counted = results.flatMap(improvementsOf).filter(counts);
  const [first] = counted;
  const began = state ? "started" : "not started";
  if (!first) return { state: attempts > 0 && !state ? "tried" : began, points: 0, hints: 0, ...more };
  const { passed, ...best } = counted.reduce(betterOf, first);
  const [firstPass] = counted.flatMap((one) => (one.passed ? [one.at] : [])).sort();
  return {
    state: passed ? "passed" : state ? "started" : "tried",
    ...best,
    ...(firstPass !== undefined && { firstPass }),
    ...more,
  };
}
