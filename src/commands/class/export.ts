import { extname } from "node:path";
import { exportOf, exportText, type Format, isExport } from "../../class/export.ts";
import { gradesOf } from "../../class/gradebook.ts";
import { writeOwnFile } from "../../class/own-file.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { print, printJson } from "../../ui/print.ts";
import { count } from "../../wording.ts";
import { type ClassOptions, openClass } from "./shared.ts";

export interface ClassExportOptions extends ClassOptions {
  /** Absent: JSON for a file whose name ends with .json, else CSV. */
  format?: Format;
}

/** Writes the grades of the class as CSV or JSON into a file, or to standard output. Connects to nothing. */
export async function classExport(file: string | undefined, options: ClassExportOptions): Promise<void> {
  if (options.json && (file !== undefined || options.format === "csv"))
    throw new LabwrightError({
      code: "options-exclude",
      message: `--json prints the grades as JSON, and ${file === undefined ? "not as CSV" : "writes no file"}`,
      remedy: "Leave out --json; `--format json` writes JSON into a file too.",
      exit: exitCode.usage,
    });
  const { one, students } = await openClass(options);
  const document = exportOf(one, await gradesOf(one, students));
  const isJson = options.json || extname(file ?? "").toLowerCase() === ".json";
  const { format = isJson ? "json" : "csv" } = options;
  if (file === undefined)
    return format === "json" ? printJson(document, 2) : print(exportText(document, format));
  const text = exportText(document, format);
  await writeOwnFile({ file, text, isOwn: isExport, by: "labwright class export" });
  print(`Wrote the grades of ${count(students.length, "student")} into ${file}.\n`);
}
