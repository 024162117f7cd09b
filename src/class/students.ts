import { text } from "../lab/fields.ts";
import { type Flaw, label, longestLabName } from "../lab/names.ts";
import { shown } from "../lab/nearest.ts";

/** More than one computer can have labs for; a larger number is a typing error. */
export const mostStudents = 500;

function studentFlaw(value: string): Flaw | undefined {
  if (label.test(value)) return undefined;
  const near = value.toLowerCase().replace(/[\s_.]+/g, "-");
  const rule = "lower-case letters, digits and hyphens, with a letter or digit at both ends";
  return {
    message: `the student ${shown(value)} cannot be a part of host names`,
    remedy: label.test(near) ? `write ${near}: ${rule}` : `use ${rule}`,
  };
}

export const studentName = text(studentFlaw, { pattern: label.source, maxLength: longestLabName });

/** The students' names: those that are written, or `s01`, `s02` … for a number of them. */
export function studentsOf(given: number | readonly string[]): readonly string[] {
  if (typeof given !== "number") return given;
  const digits = Math.max(2, String(given).length);
  return Array.from({ length: given }, (_, index) => `s${String(index + 1).padStart(digits, "0")}`);
}
