import { dirname, resolve } from "node:path";
import { z } from "zod";
import { exitCode, LabwrightError } from "../errors.ts";
import { exerciseFolders } from "../exercises/find.ts";
import { providers } from "../lab/available.ts";
import { choice, labName } from "../lab/fields.ts";
import { type Finding, problemsOf, valueAt } from "../lab/finding.ts";
import type { Form } from "../lab/form.ts";
import { findingsOf } from "../lab/issues.ts";
import { longestLabName } from "../lab/names.ts";
import { choose, shown } from "../lab/nearest.ts";
import { FileProblems } from "../lab/problem.ts";
import { readFileOf } from "../lab/read-file.ts";
import { readYaml } from "../lab/yaml.ts";
import { mostStudents, studentName, studentsOf } from "./students.ts";

const schema = z.strictObject({
  name: labName.describe("The class's name. A student's lab is called <class>-<student>."),
  lab: z
    .string()
    .min(1)
    .default("lab.yaml")
    .describe("The lab file, from this file's folder: every student gets a lab like it."),
  students: z
    .union([z.int().min(1).max(mostStudents), z.array(studentName).min(1).max(mostStudents)])
    .describe("Their names, or how many there are: then they are called s01, s02, and so on."),
  exercises: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("The exercises of the class, in the order in which they are listed and exported."),
  provider: choice("provider", providers)
    .optional()
    .describe("What creates the machines, instead of the lab file's."),
});

export const classFileSchema = (): unknown => z.toJSONSchema(schema, { io: "input" });

const classForm: Form = {
  whole: "a class file",
  schema: classFileSchema,
  remedy: "see docs/class.md for every key",
  example: "begin with keys, such as `name: autumn` and `students: 12`",
};

/** Many labs of one lab file, one for each student. */
export interface Class {
  name: string;
  /** The class file's path. */
  file: string;
  /** The lab file's path. */
  labFile: string;
  students: readonly string[];
  exercises: readonly string[];
  provider?: string;
}

const words = {
  code: "class-file",
  what: "class file",
  write: "write it as docs/class.md shows",
};

/** Reads a class file. Throws `class-file` (exit code 2): what is wrong in it, with places. Does not read the lab file. */
export const readClass = async (path: string): Promise<Class> =>
  parseClass(await readFileOf(path, words), path);

/** The class that a text describes. Throws FileProblems with all that is wrong in it. */
export async function parseClass(text: string, path: string): Promise<Class> {
  const document = readYaml(text, path);
  const value = document.value ?? {};
  const result = schema.safeParse(value);
  const findings = [
    ...findingsOf(result.error?.issues ?? [], { ...document, value, form: classForm }),
    ...crossFindings(value),
    ...(await strangers(value, path)),
  ];
  if (!result.success || findings.length > 0)
    throw new FileProblems("class-file", problemsOf(findings, path, document));
  const { name, lab, students, exercises = [], provider } = result.data;
  return {
    name,
    file: resolve(path),
    labFile: labFileOf(path, lab),
    students: studentsOf(students),
    exercises,
    ...(provider !== undefined && { provider }),
  };
}

/** What only several values together show. A value that is wrong by itself is reported by the schema. */
function crossFindings(value: unknown): Finding[] {
  const name = valueAt(value, ["name"]);
  const students = valueAt(value, ["students"]);
  const exercises = valueAt(value, ["exercises"]);
  return [
    ...repeated(students, "students", "student"),
    ...repeated(exercises, "exercises", "exercise"),
    ...(typeof name === "string" ? tooLong(name, students) : []),
  ];
}

/** Exercises that neither labwright nor the folder `exercises` beside the lab file has. */
async function strangers(value: unknown, path: string): Promise<Finding[]> {
  const exercises = valueAt(value, ["exercises"]);
  if (!Array.isArray(exercises)) return [];
  const lab = valueAt(value, ["lab"]);
  const known = [
    ...(await exerciseFolders(labFileOf(path, typeof lab === "string" ? lab : undefined))).keys(),
  ];
  return exercises.flatMap((one, index) =>
    typeof one === "string" && one !== "" && !known.includes(one)
      ? [
          {
            path: ["exercises", index],
            message: `there is no exercise ${shown(one)}`,
            remedy: choose(one, known),
          },
        ]
      : [],
  );
}

const labFileOf = (path: string, lab = "lab.yaml"): string => resolve(dirname(path), lab);

const repeated = (list: unknown, key: string, what: string): Finding[] =>
  (Array.isArray(list) ? list : []).flatMap((one, index, all) =>
    all.indexOf(one) < index
      ? [
          {
            path: [key, index],
            message: `the ${what} ${String(one)} is here a second time`,
            remedy: "delete one of the two",
          },
        ]
      : [],
  );

function tooLong(name: string, students: unknown): Finding[] {
  const room = longestLabName - name.length - 1;
  const long = (one: unknown): one is string => typeof one === "string" && one.length > room;
  if (typeof students === "number" && students >= 1 && students <= mostStudents)
    return studentsOf(students).some(long)
      ? [
          {
            path: ["name"],
            message: `the labs would have names such as ${name}-${studentsOf(students)[0]}, of more than ${longestLabName} characters`,
            remedy: `use a name of at most ${longestLabName - 1 - (studentsOf(students)[0]?.length ?? 0)} characters`,
          },
        ]
      : [];
  return (Array.isArray(students) ? students : []).flatMap((one, index) =>
    long(one)
      ? [
          {
            path: ["students", index],
            message: `the lab ${name}-${one} would have a name of ${name.length + 1 + one.length} characters`,
            remedy: `use at most ${Math.max(room, 0)} for the student, or a shorter name for the class: ${longestLabName} for both and a hyphen`,
          },
        ]
      : [],
  );
}

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
