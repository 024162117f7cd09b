import { csvOf, writeCsv } from "../../class/csv.ts";
import { gradesOf } from "../../class/gradebook.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { print, printJson } from "../../ui/print.ts";
import { count } from "../../wording.ts";
import { type ClassOptions, openClass } from "./shared.ts";

/** Writes the grades of the class as CSV into a file, or to standard output. Connects to nothing. */
export async function classExport(file: string | undefined, options: ClassOptions): Promise<void> {
  if (file !== undefined && options.json)
    throw new LabwrightError({
      code: "options-exclude",
      message: "--json prints the grades, and writes no file",
      remedy: `Leave out --json, or write \`labwright class export --json >FILE\`.`,
      exit: exitCode.usage,
    });
  const { one, students } = await openClass(options);
  const grades = await gradesOf(one, students);
  if (options.json) return printJson(grades, 2);
  if (file === undefined) return print(csvOf(grades));
  await writeCsv(file, grades);
  print(`Wrote the grades of ${count(students.length, "student")} into ${file}.\n`);
}
