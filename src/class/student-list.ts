import { CsvError, parse } from "csv-parse/sync";
import { LabwrightError } from "../errors.ts";
import type { Flaw } from "../lab/names.ts";
import { inOrder, type Problem } from "../lab/problem.ts";
import { readFileOf } from "../lab/read-file.ts";
import { positionIn } from "../lab/yaml-source.ts";
import { displayFlaw, lengthFlaw, mostStudents, type Student, studentFlaw } from "./students.ts";

/** A line of a list of students, and where it is in the text. */
export interface Listed extends Student {
  from: number;
  to: number;
}

export interface StudentList {
  students: Listed[];
  /** How many columns there are, and which has what. */
  columns: { count: number; name: number; display: number };
  /** What is between two columns. */
  delimiter: string;
}

export interface ListResult {
  students?: Student[];
  /** What is wrong in the list. */
  problems?: readonly Problem[];
  /** Why the list cannot be read; it is a fault of the file that names it. */
  finding?: Flaw;
}

const words = {
  code: "class-file",
  what: "list of students",
  write: "write it as docs/class.md shows",
  another: "correct its name in the class file",
};

/** Reads the CSV file with the students of a class of this name. */
export async function readStudentList(file: string, className: string): Promise<ListResult> {
  try {
    const result = parseStudentList(await readFileOf(file, words), file, className);
    return "problems" in result ? result : { students: result.students };
  } catch (error) {
    if (!(error instanceof LabwrightError)) throw error;
    return { finding: { message: error.message, remedy: error.remedy } };
  }
}

interface Cell {
  text: string;
  from: number;
  to: number;
}

/** The students in a CSV text with a header, as RFC 4180 has it; also with semicolons or tabs, as some spreadsheets write it. */
export function parseStudentList(
  text: string,
  file: string,
  className: string,
): StudentList | { problems: Problem[] } {
  const problems: Problem[] = [];
  const source = text.replace(/^\uFEFF/, "");
  const report = (offset: number, flaw: Flaw) =>
    problems.push({ file, ...positionIn(source, offset), ...flaw });
  const delimiter = delimiterOf(source);
  const rows = rowsIn(source, delimiter, report);
  const [header, ...lines] = rows;
  const columns = columnsOf(header ?? []);
  if (problems.length > 0) return { problems };
  if (!header || !columns) report(header?.[0]?.from ?? 0, header ? noHeader(header) : isEmpty);
  else if (lines.length === 0) report(source.length, noStudents);
  if (!columns || problems.length > 0) return { problems };

  const students = lines.map((cells) => listedIn(cells, columns));
  const first = new Map<string, Listed>();
  for (const [index, student] of students.entries()) {
    const at = (column: number): number => lines[index]?.[column]?.from ?? student.from;
    const surplus = lines[index]?.slice(columns.count).find((cell) => cell.text !== "");
    if (surplus) report(surplus.from, tooMany(columns.count));
    const known = first.get(student.name);
    const flaw =
      nameFlaw(student.name, className) ?? (known && twice(student, positionIn(source, known.from).line));
    if (flaw) report(at(columns.name), flaw);
    const ofDisplay = student.display === undefined ? undefined : displayFlaw(student.display);
    if (ofDisplay) report(at(columns.display), ofDisplay);
    if (!known) first.set(student.name, student);
  }
  const [extra] = students.slice(mostStudents);
  if (extra) report(extra.from, tooLong);
  return problems.length > 0 ? { problems: inOrder(problems) } : { students, columns, delimiter };
}

/** Spreadsheets write semicolons where the comma is in numbers. */
function delimiterOf(source: string): string {
  const [header = ""] = source.trimStart().split(/[\r\n]/, 1);
  return [",", ";", "\t"].find((one) => header.includes(one)) ?? ",";
}

/** The cells of each line that is not empty, with their places. */
function rowsIn(source: string, delimiter: string, report: (offset: number, flaw: Flaw) => void): Cell[][] {
  const bytes = Buffer.from(source);
  const offset = (byte: number): number => bytes.toString("utf8", 0, byte).length;
  const rows: Cell[][] = [];
  let end = 0;
  /** A cell begins after the one before it, and after what is between them. */
  const add = (text: string, to: number, isFirst: boolean): void => {
    const between = isFirst ? /\s*/y : /[ \t]*/y;
    const from = isFirst ? end : end + delimiter.length;
    between.lastIndex = from;
    between.test(source);
    const row = isFirst ? [] : (rows.pop() ?? []);
    rows.push([...row, { text, from: Math.min(between.lastIndex, to), to }]);
    end = to;
  };
  try {
    parse(source, {
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      to: mostStudents + 2,
      cast: (text, { bytes, index }) => {
        add(text, offset(bytes), index === 0);
        return text;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const rest = /[\s,;]*/y;
    rest.lastIndex = end;
    rest.test(source);
    report(rest.lastIndex, quoteFlaw(error.code));
  }
  return rows;
}

/** Words for the column with the names, if it is not called `name`. */
const nameWords = ["student", "students", "login", "user", "username", "account"];

/** The columns that a header names; undefined if it is not a header. */
function columnsOf(header: readonly Cell[]): StudentList["columns"] | undefined {
  const titles = header.map(({ text }) => text.toLowerCase());
  const [name, display] = [titles.indexOf("name"), titles.indexOf("display")];
  const isHeader = name >= 0 || display > 0 || nameWords.includes(titles[0] ?? "");
  return isHeader ? { count: titles.length, name: Math.max(name, 0), display } : undefined;
}

function listedIn(cells: readonly Cell[], { name, display }: StudentList["columns"]): Listed {
  const shownAs = cells[display]?.text ?? "";
  return {
    name: cells[name]?.text ?? "",
    ...(shownAs !== "" && { display: shownAs }),
    from: cells[0]?.from ?? 0,
    to: cells.at(-1)?.to ?? 0,
  };
}

function nameFlaw(name: string, className: string): Flaw | undefined {
  if (name === "")
    return { message: "this line has no student", remedy: "write the student's name, or delete the line" };
  return studentFlaw(name) ?? lengthFlaw(className, name);
}

const twice = ({ name }: Student, line: number): Flaw => ({
  message: `the student ${name} is here a second time, after line ${line}`,
  remedy: "delete one of the two",
});

const header = "write a header in the first line, such as `name,display`";

const isEmpty: Flaw = {
  message: "the list of students is empty",
  remedy: `${header}, and a student in each further one`,
};

const noStudents: Flaw = {
  message: "the list has a header and no student",
  remedy: "write a student in each further line",
};

const noHeader = (cells: readonly Cell[]): Flaw => ({
  message: `the first line has no column \`name\`: ${cells.map(({ text }) => text).join(", ")}`,
  remedy: header,
});

const tooMany = (columns: number): Flaw => ({
  message: `this line has more columns than the ${columns} of the header`,
  remedy: 'put a text with a comma in quotes, such as "Example, Alice", or name the column in the header',
});

const tooLong: Flaw = {
  message: `there are more than ${mostStudents} students`,
  remedy: "make several classes of them",
};

const quoteFlaw = (code: string): Flaw =>
  code === "CSV_QUOTE_NOT_CLOSED"
    ? { message: "the quote that begins here does not end", remedy: 'write `"` after the text too' }
    : {
        message: "a quote is in the middle of a text",
        remedy: 'put the whole text in quotes, and write each quote in it twice: "Ada ""Countess"" Lovelace"',
      };
