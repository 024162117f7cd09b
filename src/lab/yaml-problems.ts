import { YAMLException } from "js-yaml";
import { messageOf } from "../errors.ts";
import { inOrder, type Problem } from "./problem.ts";
import { brokenAlias, duplicateKeys, positionIn, sourcesOf } from "./yaml-source.ts";

/** Aliases of aliases make millions of values from a few lines; no file of ours comes near this number. */
const repeated = 100_000;

/** The values show that aliases repeat too much, or without end; the text shows where. */
export function sizeProblem(values: readonly unknown[], source: string, file: string): Problem | undefined {
  if (sizeOf(values, new Map()) <= source.length + repeated) return undefined;
  const remedy = "write the values out instead of naming them again and again";
  const message = `aliases repeat more than ${repeated} values`;
  return brokenAliasProblem(source, file) ?? { file, line: 1, column: 1, message, remedy };
}

function brokenAliasProblem(source: string, file: string): Problem | undefined {
  const [start] = sourcesOf(source).flatMap((document) => brokenAlias(document) ?? []);
  if (start === undefined) return undefined;
  const remedy = "write the value out, or refer to an anchor (`&name`) that is defined and ends above it";
  const message = "the alias refers to an anchor that is not defined above it";
  return { file, ...positionIn(source, start), message, remedy };
}

/** Counts a value and all values in it, once for each alias. A value that contains itself is infinite. */
function sizeOf(value: unknown, sizes: Map<object, number>): number {
  if (typeof value !== "object" || value === null) return 1;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  sizes.set(value, Number.POSITIVE_INFINITY);
  const size = Object.values(value).reduce<number>((sum, child) => sum + sizeOf(child, sizes), 1);
  sizes.set(value, size);
  return size;
}

/** js-yaml stops at the first error, and reports duplicate keys and aliases in fewer words than their writer needs. */
export function errorProblems(error: unknown, source: string, file: string): Problem[] {
  const reason = error instanceof YAMLException ? error.reason : "";
  const duplicates = reason === "duplicated mapping key" ? duplicateProblems(source, file) : [];
  if (duplicates.length > 0) return duplicates;
  const alias = reason.startsWith("unidentified alias") ? brokenAliasProblem(source, file) : undefined;
  return [alias ?? syntaxProblem(error, source, file)];
}

const duplicateProblems = (source: string, file: string): Problem[] =>
  inOrder(
    sourcesOf(source)
      .flatMap(duplicateKeys)
      .map(({ key, start, first }) => ({
        file,
        ...positionIn(source, start),
        message: `the key "${key}" is here a second time; the first is in line ${positionIn(source, first).line}`,
        remedy: "keep one of the two",
      })),
  );

function syntaxProblem(error: unknown, source: string, file: string): Problem {
  if (!(error instanceof YAMLException) || !error.mark) {
    return {
      file,
      line: 1,
      column: 1,
      message: `this is not YAML: ${messageOf(error)}`,
      remedy: "write it as YAML",
    };
  }
  const { line, column } = error.mark;
  const written = source.split(/\r\n|\n|\r/)[line] ?? "";
  return {
    file,
    line: line + 1,
    column: column + 1,
    message: `this is not YAML: ${error.reason}`,
    remedy: syntaxRemedy(written),
  };
}

/** Guesses the most frequent mistake for such a line. */
function syntaxRemedy(line: string): string {
  if (/^\s*\t/.test(line)) return "indent with spaces; YAML takes no tab there";
  if (/:\s+[@`%]/.test(line)) return "put the value in quotes: YAML keeps its first character for itself";
  if (/!\S/.test(line)) return "leave the tag (`!…`) out, or put the value in quotes";
  if (/:\s+[^"'#]*:\s/.test(line))
    return "put a value that has `: ` in it in quotes, and begin each key on its own line";
  return "look at this line and the one before it: indentation, a closing bracket or quote, a space after each `:`";
}
