import { exitCode, LabwrightError } from "../errors.ts";
import { sentence } from "../wording.ts";

/** A position in a text. Both count from 1; a column counts UTF-16 code units, as editors do. */
export interface Position {
  line: number;
  column: number;
}

/** One problem in a file, and what its author can do about it. */
export interface Problem extends Position {
  file: string;
  message: string;
  remedy: string;
}

/** `file:line:column: message`, the form that terminals and editors turn into a link, with the remedy below it. */
export const problemText = ({ file, line, column, message, remedy }: Problem): string =>
  `${file}:${line}:${column}: ${message}\n    ${sentence(remedy)}`;

/** All problems of a file. Programs read `problems`; people read the message, which lists all of them. */
export class FileProblems extends LabwrightError {
  readonly problems: readonly Problem[];

  constructor(code: string, problems: readonly Problem[]) {
    const [file = "the file"] = problems.map((problem) => problem.file);
    super({
      code,
      message: problems.map(problemText).join("\n"),
      remedy: `Correct ${problems.length === 1 ? "this problem" : `these ${problems.length} problems`} in ${file}, then run the command again.`,
      exit: exitCode.usage,
    });
    this.name = "FileProblems";
    this.problems = problems;
  }
}

/** Problems in the order in which a reader of the file meets them. */
export const inOrder = (problems: readonly Problem[]): Problem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
