import { existsSync } from "node:fs";
import { type Class, chosen, readClass } from "../../class/class-file.ts";
import { labOptionsOf } from "../../class/labs.ts";
import { recordOf } from "../../class/record.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { readLab } from "../../session/session.ts";
import { listed } from "../../wording.ts";

export interface ClassOptions {
  /** The class file; absent: class.yaml. */
  file?: string;
  /** The students whose labs are meant; none: all. */
  student?: readonly string[];
  /** How many labs are worked on side by side; absent: one for each processor. */
  jobs?: number;
  json?: boolean;
}

/** The class, and the students that a command is about. Throws `class-file` and `no-student` (exit code 2). */
export async function openClass({
  file = "class.yaml",
  student = [],
}: ClassOptions): Promise<{ one: Class; students: readonly string[] }> {
  if (file === "class.yaml" && !existsSync(file))
    throw new LabwrightError({
      code: "no-class-file",
      message: "there is no class.yaml in this folder",
      remedy: "Write one as docs/class.md shows, or name another file with `--file FILE`.",
      exit: exitCode.usage,
    });
  const one = await readClass(file);
  const students = chosen(one, student);
  // What is wrong in the lab file is said once, and not for every student.
  for (const first of one.students.slice(0, 1)) await readLab(labOptionsOf(one, first));
  return { one, students };
}

/**
 * The students whose labs the class has made: of those that are named, or of all. A lab of the same name that somebody else made is never
 * worked on. Throws `class-not-made` (exit code 2) if there are none, or one that is named has none.
 */
export async function openMade(options: ClassOptions): Promise<{ one: Class; students: readonly string[] }> {
  const { one, students } = await openClass(options);
  const record = await recordOf(one);
  const made = students.filter((student) => record.students.includes(student));
  const isNamed = (options.student ?? []).length > 0;
  const missing = students.filter((student) => !made.includes(student));
  if (made.length > 0 && !(isNamed && missing.length > 0)) return { one, students: made };
  throw new LabwrightError({
    code: "class-not-made",
    message: `the class "${one.name}" has made no lab ${isNamed ? `for ${listed(missing)}` : "yet"}`,
    remedy: "Make the labs with `labwright class up`.",
    exit: exitCode.usage,
  });
}

/** Throws `not-of-class` (exit code 2) unless the class file names the exercise. */
export function assertOfClass({ name, exercises }: Class, exercise: string): void {
  if (exercises.includes(exercise)) return;
  throw new LabwrightError({
    code: "not-of-class",
    message: `the class "${name}" has no exercise "${exercise}"`,
    remedy:
      exercises.length > 0
        ? `Use one of ${exercises.join(", ")}, or add it to \`exercises\` in the class file.`
        : "Add it to `exercises` in the class file.",
    exit: exitCode.usage,
  });
}
