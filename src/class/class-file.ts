import { dirname, isAbsolute, join, resolve } from "node:path";
import type { z } from "zod";
import { exitCode, LabwrightError } from "../errors.ts";
import { problemsOf, valueAt } from "../lab/finding.ts";
import { findingsOf } from "../lab/issues.ts";
import { choose } from "../lab/nearest.ts";
import { FileProblems } from "../lab/problem.ts";
import { readFileOf } from "../lab/read-file.ts";
import { readYaml } from "../lab/yaml.ts";
import { crossFindings, unknownExercises } from "./rules.ts";
import { checkMinutes, classForm, classSchema, isListFile } from "./schema.ts";
import { type ListResult, readStudentList } from "./student-list.ts";
import { countedStudents, type Student } from "./students.ts";
import type { Times } from "./times.ts";

/** Many labs of one lab file, one for each student. */
export interface Class {
  name: string;
  /** The class file's path. */
  file: string;
  /** The lab file's path. */
  labFile: string;
  /** The path of the CSV file with the students, if they are in one. */
  listFile?: string;
  students: readonly string[];
  /** Student → the person's real name; absent if no student has one. */
  displayNames?: ReadonlyMap<string, string>;
  exercises: readonly string[];
  /** Exercise → when it opens and closes; absent if no exercise has such a time. */
  times?: ReadonlyMap<string, Times>;
  /** Minutes between two checks that the board makes of an exercise in the background; 0: none; absent: the default. */
  checkEvery?: number;
  provider?: string;
}

/** As the class file says, or the default; in milliseconds. */
export const checkIntervalOf = ({ checkEvery = checkMinutes }: Pick<Class, "checkEvery">): number =>
  checkEvery * 60_000;

const words = {
  code: "class-file",
  what: "class file",
  write: "write it as docs/class.md shows",
};

/**
 * Reads a class file, and the list of students that it names. Throws `class-file` (exit code 2): what is wrong in them, with places.
 * Does not read the lab file.
 */
export const readClass = async (path: string): Promise<Class> =>
  parseClass(await readFileOf(path, words), path);

/** The class that a text describes. Throws FileProblems with all that is wrong in it. */
export async function parseClass(text: string, path: string): Promise<Class> {
  const document = readYaml(text, path);
  const value = document.value ?? {};
  const result = classSchema.safeParse(value);
  const beside = (file: string): string => (isAbsolute(file) ? file : join(dirname(path), file));
  const lab = valueAt(value, ["lab"]);
  const labFile = resolve(beside(typeof lab === "string" ? lab : "lab.yaml"));
  const list = await listIn(value, beside);
  const findings = [
    ...findingsOf(result.error?.issues ?? [], { ...document, value, form: classForm }),
    ...crossFindings(value),
    ...(await unknownExercises(value, labFile)),
    ...(list?.finding ? [{ path: ["students"], ...list.finding }] : []),
  ];
  const problems = [...problemsOf(findings, path, document), ...(list?.problems ?? [])];
  if (!result.success || problems.length > 0) throw new FileProblems("class-file", problems);
  const { name, students, exercises = [], checks, provider } = result.data;
  const all = list?.students ?? studentsIn(students);
  const display = all.flatMap(({ name, display }) =>
    display === undefined ? [] : [[name, display] as const],
  );
  const timed = exercises.flatMap((one) => {
    if (typeof one === "string" || !(one.opens || one.closes)) return [];
    return [[one.name, { opens: one.opens, closes: one.closes }] as const];
  });
  return {
    name,
    file: resolve(path),
    labFile,
    ...(typeof students === "string" && { listFile: resolve(beside(students)) }),
    students: all.map(({ name }) => name),
    ...(display.length > 0 && { displayNames: new Map(display) }),
    exercises: exercises.map((one) => (typeof one === "string" ? one : one.name)),
    ...(timed.length > 0 && { times: new Map(timed) }),
    ...(checks && { checkEvery: checks.every }),
    ...(provider !== undefined && { provider }),
  };
}

/** The list of students that a class file names; undefined if it names none. */
async function listIn(value: unknown, beside: (file: string) => string): Promise<ListResult | undefined> {
  const file = valueAt(value, ["students"]);
  const name = valueAt(value, ["name"]);
  return isListFile(file) ? readStudentList(beside(file), typeof name === "string" ? name : "") : undefined;
}

type Written = Exclude<z.output<typeof classSchema>["students"], string>;

const studentsIn = (students: Written | string): Student[] => {
  if (typeof students === "string") return [];
  if (typeof students === "number") return countedStudents(students);
  return students.map((one) => (typeof one === "string" ? { name: one } : one));
};

/** These students, in the class's order; all of them if none is named. Throws `no-student` (exit code 2). */
export function chosen({ name, students }: Class, names: readonly string[]): readonly string[] {
  const stranger = names.find((one) => !students.includes(one));
  if (stranger !== undefined)
    throw new LabwrightError({
      code: "no-student",
      message: `the class "${name}" has no student "${stranger}"`,
      remedy: choose(stranger, students),
      exit: exitCode.usage,
    });
  return names.length === 0 ? students : students.filter((one) => names.includes(one));
}
