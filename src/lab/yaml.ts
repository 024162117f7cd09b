import { constructFromEvents, dump, parseEvents, YAMLException } from "js-yaml";
import { messageOf } from "../errors.ts";
import { FileProblems, inOrder, type Position, type Problem } from "./problem.ts";
import { treesOf } from "./yaml-events.ts";
import {
  duplicateKeys,
  endlessAlias,
  expandedSize,
  nodeAt,
  offsetAt,
  type Path,
  positionIn,
  type YamlNode,
} from "./yaml-tree.ts";

export type { Path } from "./yaml-tree.ts";

export interface YamlDocument {
  /** Plain data; undefined where the text holds no document (nothing, or only comments). */
  value: unknown;
  /** Where the value at a path begins, or, with `"key"`, its key; the nearest thing around it where there is none. */
  positionOf(path: Path, part?: "key" | "value"): Position;
  /** The scalar at a path as it is written: `1.30` where the value is the number 1.3. Undefined for anything else. */
  writtenAt(path: Path): string | undefined;
}

export type YamlResult = { documents: YamlDocument[] } | { problems: Problem[] };

/** Aliases of aliases make millions of values of a few lines; no file of ours repeats nearly as many as this. */
const repeated = 100_000;

/**
 * Reads a text of one document. Throws FileProblems (code `yaml`) with every syntax error and duplicate key that is
 * found, each with its place in `file`, and where there are several documents.
 */
export function readYaml(text: string, file: string): YamlDocument {
  const result = parseYaml(text, file);
  if ("problems" in result) throw new FileProblems("yaml", result.problems);
  return result.document;
}

/** Reads every document of a text, in order; an empty one is null. Throws as `readYaml` does. */
export function readAllYaml(text: string, file = "the YAML text"): unknown[] {
  const result = parseAllYaml(text, file);
  if ("problems" in result) throw new FileProblems("yaml", result.problems);
  return result.documents.map(({ value }) => value);
}

/** As YAML 1.2 that YAML 1.1 readers understand the same way; long lines stay whole. Undefined members are left out; a function throws. */
export const writeYaml = (value: unknown): string =>
  dump(value, { lineWidth: -1, noRefs: true, quoteStyle: "double" });

/** Several documents, each begun by `---`. */
export const writeAllYaml = (values: readonly unknown[]): string =>
  values.map((value) => `---\n${writeYaml(value)}`).join("");

/** `readYaml` for whoever wants to report problems together with others. */
export function parseYaml(text: string, file: string): { document: YamlDocument } | { problems: Problem[] } {
  const result = parseAllYaml(text, file);
  if ("problems" in result) return result;
  const { documents } = result;
  const [document, second] = documents;
  if (second !== undefined) {
    const marks = [...text.matchAll(/^---(?=\s|$)/gm)].map(({ index }) => positionIn(text, index));
    const place = marks[marks.length - documents.length + 1] ?? second.positionOf([]);
    const message = `there are ${documents.length} documents, where one is expected`;
    const remedy = "keep one, and move the others to files of their own; a line of `---` begins a document";
    return { problems: [{ file, ...place, message, remedy }] };
  }
  return {
    document: document ?? {
      value: undefined,
      positionOf: () => ({ line: 1, column: 1 }),
      writtenAt: () => undefined,
    },
  };
}

/** Reads every document of a text, with positions. */
export function parseAllYaml(text: string, file: string): YamlResult {
  // The parser drops a byte order mark too, but its offsets would then be those of another text.
  const source = text.replace(/^\uFEFF/, "");
  const at = (offset: number): Position => positionIn(source, offset);
  try {
    const events = parseEvents(source, { filename: file });
    const trees = treesOf(events, source);
    const problems = trees.flatMap((tree) => treeProblems(tree, file, at, events.length + repeated));
    if (problems.length > 0) return { problems: inOrder(problems) };
    const values = constructFromEvents(events, { source, filename: file });
    return { documents: values.map((value, index) => documentOf(value, trees[index], at)) };
  } catch (error) {
    return { problems: [syntaxProblem(error, source, file)] };
  }
}

function documentOf(
  value: unknown,
  tree: YamlNode | undefined,
  at: (offset: number) => Position,
): YamlDocument {
  return {
    value,
    positionOf: (path, part = "value") => at(tree ? offsetAt(tree, path, part) : 0),
    writtenAt: (path) => {
      const node = tree && nodeAt(tree, path);
      const written = node?.target ?? node;
      return written?.kind === "scalar" ? written.text : undefined;
    },
  };
}

function treeProblems(
  tree: YamlNode,
  file: string,
  at: (offset: number) => Position,
  largest: number,
): Problem[] {
  const endless = endlessAlias(tree);
  if (endless) {
    const remedy =
      "write the value out, or name an anchor (`&name`) that stands before it and ends before it";
    return [
      { file, ...at(endless.start), message: "this alias names nothing that is complete before it", remedy },
    ];
  }
  if (expandedSize(tree) > largest) {
    const remedy = "write the values out instead of naming them again and again";
    return [{ file, line: 1, column: 1, message: `aliases repeat more than ${repeated} values`, remedy }];
  }
  return duplicateKeys(tree).map(({ key, start, first }) => ({
    file,
    ...at(start),
    message: `the key "${key}" is here a second time; the first is in line ${at(first).line}`,
    remedy: "keep one of the two",
  }));
}

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

/** What most often is wrong with a line that YAML does not take, told by its look. */
function syntaxRemedy(line: string): string {
  if (/^\s*\t/.test(line)) return "indent with spaces; YAML takes no tab there";
  if (/:\s+[@`%]/.test(line)) return "put the value in quotes: YAML keeps its first character for itself";
  if (/!\S/.test(line)) return "leave the tag (`!…`) out, or put the value in quotes";
  if (/:\s+[^"'#]*:\s/.test(line))
    return "put a value that has `: ` in it in quotes, and begin each key on a line of its own";
  return "look at this line and the one before it: indentation, a closing bracket or quote, a space after each `:`";
}
