import { csvOf, writeCsv } from "../../class/csv.ts";
import { gradesOf } from "../../class/gradebook.ts";
import { print, printJson } from "../../ui/print.ts";
import { count } from "../../wording.ts";
import { type ClassOptions, openClass } from "./shared.ts";

/** Writes the grades of the class as CSV into a file, or to standard output. Connects to nothing. */
export async function classExport(file: string | undefined, options: ClassOptions): Promise<void> {
  const { one, students } = await openClass(options);
  const grades = await gradesOf(one, students);
  if (options.json) return printJson(grades, 2);
  if (file === undefined) return print(csvOf(grades));
  await writeCsv(file, grades);
  print(`Wrote the grades of ${count(students.length, "student")} into ${file}.\n`);
}
