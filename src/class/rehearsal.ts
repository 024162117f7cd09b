import { randomBytes } from "node:crypto";
import { exitCode, LabwrightError } from "../errors.ts";
import { longestLabName } from "../lab/names.ts";
import type { Class } from "./class-file.ts";
import type { ClassRecord, LeftRehearsal } from "./record.ts";
import { lengthFlaw } from "./students.ts";

/**
 * The lab that the last rehearsal has left. A lab that the class has made since for a student of
 * that name is the student's.
 */
export const leftRehearsal = ({ rehearsal, students }: ClassRecord): LeftRehearsal | undefined =>
  rehearsal !== undefined && students.includes(rehearsal.student) ? undefined : rehearsal;

/**
 * A new name for the lab of a rehearsal, in the place of a student's: `rehearsal-3f9c`. Nobody makes a lab of that name by chance, so that
 * one which is recorded can be removed later. Throws `class-name-long` (exit code 2) if the lab's name would be too long.
 */
export function rehearsalName(
  { name, students }: Pick<Class, "name" | "students">,
  record: ClassRecord,
): string {
  const student = `rehearsal-${randomBytes(2).toString("hex")}`;
  const flaw = lengthFlaw(name, student);
  if (flaw)
    throw new LabwrightError({
      code: "class-name-long",
      message: flaw.message,
      remedy: `Give the class a name of at most ${longestLabName - 1 - student.length} characters.`,
      exit: exitCode.usage,
    });
  return [...students, ...record.students].includes(student)
    ? rehearsalName({ name, students }, record)
    : student;
}
