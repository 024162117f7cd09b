import { existsSync } from "node:fs";
import { type Class, chosen, readClass } from "../../class/class-file.ts";
import { labOptionsOf } from "../../class/labs.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { readLab } from "../../session/session.ts";

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
