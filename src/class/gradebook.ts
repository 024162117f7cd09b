import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Result, readResult } from "../exercises/results.ts";
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

/** Results of labs that are gone: student → the lab's id → exercise → result. */
const keptSchema = z.record(z.string(), z.record(z.string(), z.record(z.string(), resultSchema)));

const keptFile = (name: string): string => join(classFolder(name), "results.json");

const readKept = async (name: string): Promise<z.output<typeof keptSchema>> =>
  (await readJson(keptFile(name), keptSchema)) ?? {};

/** The results of the lab that a student has now, with its id; undefined if there is no lab. */
async function current(one: Class, student: string): Promise<{ id: string; results: Results } | undefined> {
  const lab = labNameOf(one, student);
  const id = await labId(lab);
  if (id === undefined) return undefined;
  const entries = await Promise.all(
    one.exercises.map(async (exercise) => [exercise, await readResult(lab, exercise)] as const),
  );
  return { id, results: Object.fromEntries(entries.flatMap(([name, one]) => (one ? [[name, one]] : []))) };
}

/** Keeps the results of a lab that is going to be removed. The caller holds the class's lock. */
export async function keepResults(one: Class, student: string): Promise<void> {
  const now = await current(one, student);
  if (!now || Object.keys(now.results).length === 0) return;
  const kept = await readKept(one.name);
  await mkdir(classFolder(one.name), { recursive: true, mode: 0o700 });
  await writeJson(keptFile(one.name), { ...kept, [student]: { ...kept[student], [now.id]: now.results } });
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
  const kept = await readKept(one.name);
  const grades = await Promise.all(
    students.map(async (student) => {
      const started = new Set((await readStates(labNameOf(one, student))).map(({ name }) => name));
      const now = await current(one, student);
      const labs = Object.values({ ...kept[student], ...(now && { [now.id]: now.results }) });
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
