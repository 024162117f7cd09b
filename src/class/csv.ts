import { exitCode, isCode, LabwrightError, messageOf } from "../errors.ts";
import { replaceFile } from "../local/replace-file.ts";
import { textOf } from "../local/text-file.ts";
import type { Grade } from "./gradebook.ts";

const columns = [
  ...["student", "exercise", "state", "attempts", "points", "of", "right", "goals", "hints", "seconds", "at"],
] as const satisfies readonly (keyof Grade)[];

/** Grades as CSV with a line of names, quoted as in RFC 4180; lines end as texts of this computer do. */
export const csvOf = (grades: readonly Grade[]): string =>
  [columns.join(","), ...grades.map((grade) => columns.map((column) => cell(grade[column])).join(","))]
    .map((line) => `${line}\n`)
    .join("");

/** A name begins with a letter or digit, so that no spreadsheet takes a cell for a formula. */
const cell = (value: string | number | undefined): string =>
  typeof value === "number" ? String(Math.round(value * 10) / 10) : csvCell(value ?? "");

/** A text as a cell of CSV: in quotes if it needs them. */
export const csvCell = (text: string, delimiter = ","): string =>
  /["\r\n]|^\s|\s$/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;

/**
 * Writes grades into a file, or replaces those of an earlier export. Throws (exit code 2) `file-taken` for any other file, and
 * `file-unwritable`.
 */
export async function writeCsv(file: string, grades: readonly Grade[]): Promise<void> {
  await write(file, grades).catch((cause: unknown) => {
    if (!isCode(cause, "ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EROFS", "EPERM", "ENOSPC")) throw cause;
    throw new LabwrightError({
      code: "file-unwritable",
      message: `could not write ${file}: ${messageOf(cause)}`,
      remedy: "Name a file in a folder that exists and that you can write to.",
      cause,
      exit: exitCode.usage,
    });
  });
}

async function write(file: string, grades: readonly Grade[]): Promise<void> {
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
