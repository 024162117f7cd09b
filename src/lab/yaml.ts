import { dump, loadAll } from "js-yaml";
import { FileProblems, type Position, type Problem } from "./problem.ts";
import { errorProblems, sizeProblem } from "./yaml-problems.ts";
import { offsetAt, type Path, positionIn, sourcesOf, writtenAt } from "./yaml-source.ts";

export type { Path } from "./yaml-source.ts";

export interface YamlDocument {
  /** Plain data; undefined if the text holds no document (nothing, or only comments). */
  value: unknown;
  /** Where the value at a path begins, or, with `"key"`, its key; the nearest thing around it if there is none. */
  positionOf(path: Path, part?: "key" | "value"): Position;
  /** The scalar at a path as it is written: `1.30` if the value is the number 1.3. Undefined for anything else. */
  writtenAt(path: Path): string | undefined;
}

export type YamlResult = { documents: YamlDocument[] } | { problems: Problem[] };

/**
 * Reads a text of one document. Throws FileProblems (code `yaml`) with every syntax error and duplicate key that is
 * found, each with its place in `file`, or if there are several documents.
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

/** YAML 1.2 that YAML 1.1 readers understand the same way; long lines are not broken. Undefined members are left out; a function throws. */
export const writeYaml = (value: unknown): string =>
  dump(value, { lineWidth: -1, noRefs: true, quoteStyle: "double" });

/** Several documents, each begun by `---`. */
export const writeAllYaml = (values: readonly unknown[]): string =>
  values.map((value) => `---\n${writeYaml(value)}`).join("");

/** `readYaml` for callers that report problems together with others. */
export function parseYaml(text: string, file: string): { document: YamlDocument } | { problems: Problem[] } {
  const result = parseAllYaml(text, file);
  if ("problems" in result) return result;
  const { documents } = result;
  const [document, second] = documents;
  if (second !== undefined) {
    const marks = [...text.matchAll(/^---(?=\s|$)/gm)].map(({ index }) => positionIn(text, index));
    const place = marks[marks.length - documents.length + 1] ?? second.positionOf([]);
    const message = `there are ${documents.length} documents instead of one`;
    const remedy = "keep one, and move the others to separate files; a line of `---` begins a document";
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
  try {
    const values = loadAll(source, { filename: file });
    const problem = sizeProblem(values, source, file);
    if (problem) return { problems: [problem] };
    const sources = once(() => sourcesOf(source));
    return {
      documents: values.map((value, index) => ({
        value,
        positionOf: (path, part = "value") => {
          const document = sources()[index];
          return positionIn(source, document ? offsetAt(document, path, part) : 0);
        },
        writtenAt: (path) => {
          const document = sources()[index];
          return document && writtenAt(document, path);
        },
      })),
    };
  } catch (error) {
    return { problems: errorProblems(error, source, file) };
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
