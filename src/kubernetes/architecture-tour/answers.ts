import { messageOf } from "../../errors.ts";
import { readYaml, writeYaml } from "../../lab/yaml.ts";

/** The question at a place of an answer sheet. */
export interface Question {
  /** The place, from the sheet's top: `["components", "etcd", "machines"]`. */
  path: readonly string[];
  /** The question, in words that do not give the answer away. */
  asks: string;
  /** How answers are compared: words in any order, words in their order, one word, or an ID that may be cut short. */
  kind: "set" | "list" | "word" | "id";
}

/** Place (joined by dots) → the right answer. */
export type Truth = Readonly<Record<string, string | readonly string[]>>;

const shortestId = 10;

/** Which parts of a sheet, a text in YAML, are unanswered or wrong. The right answers are never shown. */
export function answerDifferences(text: string, questions: readonly Question[], truth: Truth): string[] {
  const sheet = sheetOf(text);
  if ("flaw" in sheet) return [sheet.flaw];
  return questions.flatMap(({ path, asks, kind }) => {
    const place = path.join(".");
    const given = wordsOf(path.reduce<unknown>(valueAt, sheet.value));
    const right = wordsOf(truth[place]);
    if (given.length === 0) return [`${place} is not answered: ${asks}`];
    return isRight(given, right, kind)
      ? []
      : [`${place}: "${given.join(", ")}" is wrong; the question: ${asks}`];
  });
}

/** The sheet with the right answers in it; its other text is kept. */
export function withAnswers(text: string, questions: readonly Question[], truth: Truth): string {
  const sheet = sheetOf(text);
  const filled: Record<string, unknown> = { ...("value" in sheet ? (sheet.value as object) : {}) };
  for (const { path } of questions) put(filled, path, truth[path.join(".")]);
  return writeYaml(filled);
}

function put(part: Record<string, unknown>, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    part[name] = value;
    return;
  }
  const inner = part[name];
  const next = { ...(typeof inner === "object" ? inner : {}) };
  part[name] = next;
  put(next, rest, value);
}

function sheetOf(text: string): { value: unknown } | { flaw: string } {
  try {
    return { value: readYaml(text, "the answer sheet").value };
  } catch (error) {
    return { flaw: messageOf(error) };
  }
}

const valueAt = (part: unknown, name: string): unknown =>
  typeof part === "object" && part !== null && Object.hasOwn(part, name)
    ? (part as Record<string, unknown>)[name]
    : undefined;

function wordsOf(answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.flatMap(wordsOf);
  if (typeof answer === "number") return [String(answer)];
  if (typeof answer !== "string") return [];
  return answer.split(/[\s,]+/).filter((word) => word !== "");
}

function isRight(given: string[], right: string[], kind: Question["kind"]): boolean {
  const [one = ""] = given.map((word) => word.replace(/^[a-z-]+:\/\//, ""));
  if (kind === "id")
    return given.length === 1 && one.length >= shortestId && right.some((id) => id.startsWith(one));
  const [mine, wanted] = [given, right].map((words) => words.map((word) => word.toLowerCase()));
  if (kind === "set") return String([...new Set(mine)].sort()) === String([...new Set(wanted)].sort());
  return String(mine) === String(wanted);
}
