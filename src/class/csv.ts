import { exitCode, LabwrightError } from "../errors.ts";
import { replaceFile } from "../local/replace-file.ts";
import { textOf } from "../local/text-file.ts";
import type { Grade } from "./gradebook.ts";

const columns = [
  ...["student", "exercise", "state", "attempts", "points", "of", "right", "goals", "hints", "seconds", "at"],
] as const satisfies readonly (keyof Grade)[];

/** Grades as CSV with a line of names: RFC 4180. */
export const csvOf = (grades: readonly Grade[]): string =>
  [columns.join(","), ...grades.map((grade) => columns.map((column) => cell(grade[column])).join(","))]
    .map((line) => `${line}\r\n`)
    .join("");

/** A name begins with a letter or digit, so that no spreadsheet takes a cell for a formula. */
const cell = (value: string | number | undefined): string => {
  if (typeof value === "number") return String(Math.round(value * 10) / 10);
  return /[",\r\n]/.test(value ?? "") ? `"${value?.replaceAll('"', '""')}"` : (value ?? "");
};

/** Writes grades into a file, or replaces those of an earlier export. Throws `file-taken` (exit code 2) for any other file. */
export async function writeCsv(file: string, grades: readonly Grade[]): Promise<void> {
  const before = await textOf(file);
  if (before !== undefined && before !== "" && !before.startsWith(csvOf([])))
    throw new LabwrightError({
      code: "file-taken",
      message: `${file} exists, and no \`labwright class export\` has written it`,
      remedy: "Name another file, or move that one away.",
      exit: exitCode.usage,
    });
  await replaceFile(file, csvOf(grades));
}
