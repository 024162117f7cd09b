import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Result, readResults } from "../exercises/results.ts";
import { readStates } from "../exercises/state.ts";
import { labId } from "../lab/identity.ts";
import { readJson, writeJson } from "../local/json-file.ts";
import type { Class } from "./class-file.ts";
import { classFolder, labNameOf } from "./labs.ts";

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
}

type Results = Record<string, Result>;

const resultSchema = z.custom<Result>(
  (value) => typeof value === "object" && value !== null && "attempts" in value && "best" in value,
);

/** A student's results in labs that are gone: the lab's id → exercise → result. */
const keptSchema = z.record(z.string(), z.record(z.string(), resultSchema));

/** One file for each student: their labs are removed side by side. */
const keptFile = (name: string, student: string): string =>
  join(classFolder(name), "results", `${student}.json`);

const readKept = async (name: string, student: string): Promise<z.output<typeof keptSchema>> =>
  (await readJson(keptFile(name, student), keptSchema)) ?? {};

/** The results of the lab that a student has now, with its id; undefined if there is no lab. */
async function current(one: Class, student: string): Promise<{ id: string; results: Results } | undefined> {
  const lab = labNameOf(one, student);
  const id = await labId(lab);
  return id === undefined ? undefined : { id, results: await readResults(lab) };
}

/** Keeps the results of a lab that is going to be removed. The caller holds the lab's lock. */
export async function keepResults(one: Class, student: string): Promise<void> {
  const now = await current(one, student);
  if (!now || Object.keys(now.results).length === 0) return;
  const file = keptFile(one.name, student);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeJson(file, { ...(await readKept(one.name, student)), [now.id]: now.results });
}

/** All attempts, and the best of them; undefined if there were none. */
const together = (all: readonly Result[]): Result | undefined =>
  all.reduce<Result | undefined>((known, one) => {
    if (!known) return one;
    const isLess =
      one.best.points < known.best.points ||
      (one.best.points === known.best.points && one.best.right <= known.best.right);
    return { attempts: known.attempts + one.attempts, best: isLess ? known.best : one.best };
  }, undefined);

/**
 * Every student's work on every exercise of the class, in the class file's order: in the labs that there are, and in those before
 * them. Connects to nothing.
 */
export async function gradesOf(one: Class, students: readonly string[]): Promise<Grade[]> {
  const grades = await Promise.all(
    students.map(async (student) => {
      const started = new Set((await readStates(labNameOf(one, student))).map(({ name }) => name));
      const now = await current(one, student);
      const kept = await readKept(one.name, student);
      const labs = Object.values({ ...kept, ...(now && { [now.id]: now.results }) });
      return one.exercises.map((exercise) => {
        const result = together(labs.flatMap((results) => results[exercise] ?? []));
        return gradeOf(student, exercise, started.has(exercise), result);
      });
    }),
  );
  return grades.flat();
}

function gradeOf(student: string, exercise: string, isStarted: boolean, result: Result | undefined): Grade {
  if (!result)
    return {
      ...{ student, exercise, attempts: 0, points: 0, hints: 0 },
      state: isStarted ? "started" : "not started",
    };
  const { passed, points, of, right, goals, hints, seconds, at } = result.best;
  const state = passed ? "passed" : isStarted ? "started" : "tried";
  return {
    student,
    exercise,
    state,
    attempts: result.attempts,
    points,
    of,
    right,
    goals,
    hints,
    seconds,
    at,
  };
}
