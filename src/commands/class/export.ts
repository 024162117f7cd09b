import { extname } from "node:path";
import type { Class } from "../../class/class-file.ts";
import { exportOf, exportText, type Format, isExport } from "../../class/export.ts";
import { gradesOf } from "../../class/gradebook.ts";
import { writeOwnFile } from "../../class/own-file.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { print, printJson } from "../../ui/print.ts";
import { count, listed } from "../../wording.ts";
import { exportLabs } from "./export/labs.ts";
import { type ClassOptions, openClass } from "./shared.ts";
import { assertHomePage, xapiText } from "./xapi.ts";

export interface ClassExportOptions extends ClassOptions {
  /** Absent: JSON for a file whose name ends with .json, else CSV. */
  format?: Format;
  /** For xAPI: the site whose accounts the students are. */
  homePage?: string;
  /** The folder into which the students' labs are written instead. */
  labs?: string;
}

/** Writes the grades of the class, or what its students have done, into a file or to standard output. Connects to nothing. */
export async function classExport(file: string | undefined, options: ClassExportOptions): Promise<void> {
  if (options.labs !== undefined) return exportLabs(options.labs, ofLabs(file, options));
  const isOther = options.format === "csv" || options.format === "xapi";
  if (options.json && (file !== undefined || isOther))
    throw excludes(
      `--json prints the grades as JSON, and ${file === undefined ? `not as ${options.format}` : "writes no file"}`,
      "Leave out --json; `--format json` writes JSON into a file too.",
    );
  if (options.homePage !== undefined) {
    if (options.format !== "xapi")
      throw excludes("--home-page is for statements of xAPI only", "Add `--format xapi`, or leave it out.");
    assertHomePage(options.homePage);
  }
  const isJson = options.json || extname(file ?? "").toLowerCase() === ".json";
  const { format = isJson ? "json" : "csv" } = options;
  const { one, students } = await openClass(options);
  if (file === undefined && format === "json")
    return printJson(exportOf(one, await gradesOf(one, students)), 2);
  const text = await textOf(one, students, format, options.homePage);
  if (file === undefined) return print(text);
  await writeOwnFile({ file, text, isOwn: isExport, by: "labwright class export" });
  const what = format === "xapi" ? "xAPI statements" : "grades";
  print(`Wrote the ${what} of ${count(students.length, "student")} into ${file}.\n`);
}

/** The options that --labs goes with. */
function ofLabs(file: string | undefined, options: ClassExportOptions): ClassOptions {
  const others = {
    FILE: file,
    "--format": options.format,
    "--home-page": options.homePage,
    "--json": options.json,
  };
  const given = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length === 0) return options;
  throw excludes(
    `--labs writes a folder for each student, and does not go with ${listed(given)}`,
    "Run the command twice: once with --labs, once without.",
  );
}

const textOf = async (
  one: Class,
  students: readonly string[],
  format: Format,
  homePage: string | undefined,
): Promise<string> =>
  format === "xapi"
    ? xapiText(one, students, homePage)
    : exportText(exportOf(one, await gradesOf(one, students)), format);

const excludes = (message: string, remedy: string): LabwrightError =>
  new LabwrightError({ code: "options-exclude", message, remedy, exit: exitCode.usage });
