import { readFile } from "node:fs/promises";
import { exitCode, LabwrightError } from "../errors.ts";
import { applied, lineAfter, lineStart, nextLine } from "../lab/edit.ts";
import { withItem, withoutItem } from "../lab/edit-list.ts";
import { valueAt } from "../lab/finding.ts";
import { FileProblems } from "../lab/problem.ts";
import { readYaml } from "../lab/yaml.ts";
import { type Class, parseClass } from "./class-file.ts";
import { csvCell } from "./csv.ts";
import { parseStudentList, type StudentList } from "./student-list.ts";
import { displayFlaw, lengthFlaw, type Student, studentFlaw } from "./students.ts";

/** The file that has the names of a class's students, with its text after a change. */
export interface StudentsEdit {
  file: string;
  text: string;
}

/** The change that adds a student to a class. Throws (exit code 2) if it is not possible; writes nothing. */
export async function withStudent(one: Class, student: Student): Promise<StudentsEdit> {
  const { name, display } = student;
  const flaw =
    studentFlaw(name) ??
    lengthFlaw(one.name, name) ??
    (display === undefined ? undefined : displayFlaw(display));
  if (flaw) throw refused("student-name", flaw.message, flaw.remedy);
  if (one.students.includes(name))
    throw refused(
      "student-known",
      `the class "${one.name}" has a student ${name} already`,
      "Use another name.",
    );
  if (one.listFile === undefined) {
    const item = display === undefined ? name : { name, display };
    const hint = (count: number) => `write \`students: ${count + 1}\``;
    return inClassFile(one, hint, [...one.students, name], (text) => withItem(text, "students", item));
  }
  return inList(one.listFile, one, [...one.students, name], (text, list) => withLine(text, list, student));
}

/** The change that removes a student from a class, as `withStudent` adds one. */
export async function withoutStudent(one: Class, name: string): Promise<StudentsEdit> {
  const rest = one.students.filter((student) => student !== name);
  if (rest.length === 0)
    throw refused(
      "student-only",
      `${name} is the only student of the class "${one.name}"`,
      "Add another first, or delete the lab with `labwright class down`.",
    );
  const index = one.students.indexOf(name);
  if (one.listFile === undefined) {
    const hint = (count: number) =>
      `write \`students: ${count - 1}\`, which removes the last one, ${one.students.at(-1)}; to remove another, write the names as a list`;
    return inClassFile(one, hint, rest, (text) => withoutItem(text, "students", index));
  }
  return inList(one.listFile, one, rest, (text, { students }) => {
    const line = students[index];
    return line && applied(text, { from: lineStart(text, line.from), to: nextLine(text, line.to), text: "" });
  });
}

async function inClassFile(
  one: Class,
  hint: (count: number) => string,
  wanted: readonly string[],
  edit: (text: string) => string | undefined,
): Promise<StudentsEdit> {
  const { file } = one;
  const text = await readFile(file, "utf8");
  const document = readYaml(text, file);
  const students = valueAt(document.value, ["students"]);
  const { line } = document.positionOf(["students"]);
  if (typeof students === "number")
    throw refused(
      "students-counted",
      `the students of the class "${one.name}" are counted, and not named: \`students: ${students}\` in ${file}:${line}`,
      `In that line, ${hint(students)}.`,
    );
  const edited = edit(text);
  if (edited === undefined) throw cannotEdit(file, line);
  assertSame((await parseClass(edited, file)).students, wanted, file);
  return { file, text: edited };
}

/** A list of students has its lines after a byte order mark, which stays. */
async function inList(
  file: string,
  { name }: Class,
  wanted: readonly string[],
  edit: (text: string, list: StudentList) => string | undefined,
): Promise<StudentsEdit> {
  const whole = await readFile(file, "utf8");
  const mark = whole.startsWith("\uFEFF") ? "\uFEFF" : "";
  const edited = edit(whole.slice(mark.length), listIn(whole, file, name));
  if (edited === undefined) throw cannotEdit(file, 1);
  const result = parseStudentList(edited, file, name);
  const students = "problems" in result ? [] : result.students;
  assertSame(
    students.map((student) => student.name),
    wanted,
    file,
  );
  return { file, text: `${mark}${edited}` };
}

function listIn(text: string, file: string, className: string): StudentList {
  const result = parseStudentList(text, file, className);
  if ("problems" in result) throw new FileProblems("class-file", result.problems);
  return result;
}

/** A line for a student after the last one. */
function withLine(text: string, { students, columns, delimiter }: StudentList, student: Student): string {
  if (student.display !== undefined && columns.display < 0)
    throw refused(
      "no-display-column",
      "the list of students has no column `display`",
      "Add it to the header in the first line, or leave out --display.",
    );
  const cells = Array.from({ length: columns.count }, (_, column) => {
    if (column === columns.name) return student.name;
    return csvCell(column === columns.display ? (student.display ?? "") : "", delimiter);
  });
  return applied(text, lineAfter(text, students.at(-1)?.to ?? text.length, cells.join(delimiter)));
}

function assertSame(students: readonly string[], wanted: readonly string[], file: string): void {
  if (students.join() !== wanted.join()) throw cannotEdit(file, 1);
}

const cannotEdit = (file: string, line: number): LabwrightError =>
  refused(
    "class-file-edit",
    `cannot change the students in ${file}:${line}: they are not written in one place there`,
    "Change the file in an editor.",
  );

const refused = (code: string, message: string, remedy: string): LabwrightError =>
  new LabwrightError({ code, message, remedy, exit: exitCode.usage });
