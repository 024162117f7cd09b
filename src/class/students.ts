import { text } from "../lab/fields.ts";
import { type Flaw, label, longestLabName } from "../lab/names.ts";
import { shown } from "../lab/nearest.ts";

/** More than one computer can have labs for; a larger number is a typing error. */
export const mostStudents = 500;

/** One student as a class file or a list of students names one. */
export interface Student {
  name: string;
  /** The person's real name, for cards and exports. */
  display?: string | undefined;
}

/** What is wrong with a student's name; undefined if nothing is. */
export function studentFlaw(value: string): Flaw | undefined {
  if (label.test(value)) return undefined;
  // `Ünal` without its dots; what remains and is not a letter of a host name is not guessed.
  const plain = value.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const near = plain.trim().replace(/[\s_.]+/g, "-");
  const rule = "lower-case letters, digits and hyphens, with a letter or digit at both ends";
  return {
    message: `the student ${shown(value)} cannot be a part of host names`,
    remedy: label.test(near) ? `write ${near}: ${rule}` : `use ${rule}`,
  };
}

const longestDisplay = 100;

/** What is wrong with a person's real name; undefined if nothing is. It is one line, on a card and in a table. */
export function displayFlaw(value: string): Flaw | undefined {
  if (value.trim() === "")
    return { message: "the name to display is empty", remedy: "write a name, or delete the key" };
  if (value.length > longestDisplay)
    return {
      message: `the name to display has ${value.length} characters`,
      remedy: `use at most ${longestDisplay}`,
    };
  if (/\p{Cc}|[\u2028\u2029]/u.test(value))
    return {
      message: `the name to display ${shown(value)} has a line break or another control character in it`,
      remedy: "write it on one line",
    };
  return undefined;
}

export const studentName = text(studentFlaw, { pattern: label.source, maxLength: longestLabName });
export const displayName = text(displayFlaw, { minLength: 1, maxLength: longestDisplay });

/** What is wrong with a student's name in a class of this name: their lab's name is made of both. */
export function lengthFlaw(className: string, student: string): Flaw | undefined {
  const length = className.length + 1 + student.length;
  if (length <= longestLabName) return undefined;
  const room = Math.max(longestLabName - className.length - 1, 0);
  return {
    message: `the lab ${className}-${student} would have a name of ${length} characters`,
    remedy: `use at most ${room} for the student, or a shorter name for the class: ${longestLabName} for both and a hyphen`,
  };
}

/** `s01`, `s02` … for a number of students. */
export function countedStudents(number: number): Student[] {
  const digits = Math.max(2, String(number).length);
  return Array.from({ length: number }, (_, index) => ({
    name: `s${String(index + 1).padStart(digits, "0")}`,
  }));
}
