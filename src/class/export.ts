import { z } from "zod";
import type { Class } from "./class-file.ts";
import { csvText } from "./csv.ts";
import type { Grade } from "./gradebook.ts";
import { areOwnStatements } from "./xapi.ts";

export const formats = ["csv", "json", "xapi"] as const;
export type Format = (typeof formats)[number];

/** A grade with the student's real name, if the class file has it. */
export interface ExportedGrade extends Grade {
  display?: string;
}

/** New columns come last: people read the others by their places. */
const columns = [
  ...["student", "exercise", "state", "attempts", "points", "of", "right", "goals", "hints", "seconds", "at"],
  ...["display", "firstPass", "solved", "phase", "extended"],
] as const satisfies readonly (keyof ExportedGrade)[];

/** How CSV begins that an export of any version has written. */
const oldestHeader = "student,exercise,state,attempts,points,of,right,goals,hints,seconds,at";

const kind = "labwright class export";

export interface ExportDocument {
  /** What shows that an export has written a file. */
  kind: typeof kind;
  class: string;
  grades: ExportedGrade[];
}

/** The grades of a class for programs. */
export const exportOf = (
  { name, displayNames }: Pick<Class, "name" | "displayNames">,
  grades: readonly Grade[],
): ExportDocument => ({
  kind,
  class: name,
  grades: grades.map((grade) => {
    const display = displayNames?.get(grade.student);
    return { ...grade, ...(display !== undefined && { display }) };
  }),
});

/** Grades as CSV with a line of names, or as JSON. */
export const exportText = (document: ExportDocument, format: Exclude<Format, "xapi">): string =>
  format === "json"
    ? `${JSON.stringify(document, undefined, 2)}\n`
    : csvText([columns, ...document.grades.map((grade) => columns.map((column) => grade[column]))]);

const schema = z.object({ kind: z.literal(kind) });

/** Whether an export has written a text, in any format. */
export function isExport(text: string): boolean {
  if (text.startsWith(oldestHeader)) return true;
  try {
    return schema.safeParse(JSON.parse(text)).success || areOwnStatements(text);
  } catch {
    return false;
  }
}
