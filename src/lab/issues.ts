import type { z } from "zod";
import { type Finding, isRecord, pathText, valueAt } from "./finding.ts";
import { choose, list, nearest, shown } from "./nearest.ts";
import { labSchemaJson } from "./schema.ts";
import type { Path, YamlDocument } from "./yaml.ts";

type Issue = z.core.$ZodIssue;
type Source = Pick<YamlDocument, "value" | "writtenAt">;

/** What the schema found wrong, in words of the lab file. An issue of several keys gives a finding for each. */
export function findingsOf(issues: readonly Issue[], source: Source): Finding[] {
  return issues.flatMap((issue) => {
    const path = issue.path.filter((step) => typeof step !== "symbol");
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((key) => unknownKey(path, key));
      case "invalid_type":
        return [wrongType(path, issue.expected, source)];
      case "too_small":
      case "too_big":
        return [wrongSize(path, issue, source)];
      default:
        return [{ path, message: issue.message, remedy: remedyOf(issue) }];
    }
  });
}

function remedyOf(issue: Issue): string {
  const remedy = issue.code === "custom" ? issue.params?.remedy : undefined;
  return typeof remedy === "string" ? remedy : "docs/lab-file.md lists every key";
}

/** The keys that each place of the lab file knows; an index in a place is written `*`. */
function knownKeys(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const visit = (schema: unknown, place: Path): void => {
    if (!isRecord(schema)) return;
    if (schema.items) visit(schema.items, [...place, "*"]);
    if (!isRecord(schema.properties)) return;
    found.set(pathText(place), Object.keys(schema.properties));
    for (const [key, below] of Object.entries(schema.properties)) visit(below, [...place, key]);
  };
  visit(labSchemaJson(), []);
  return found;
}

function unknownKey(parent: Path, key: string): Finding {
  const place = pathText(parent.map((step) => (typeof step === "number" ? "*" : step)));
  const known = knownKeys();
  const here = known.get(place) ?? [];
  const elsewhere = [...known].filter(([, keys]) => keys.includes(key)).map(([other]) => placeText(other));
  const isNear = nearest(key, here) !== undefined;
  const remedy = elsewhere.length > 0 && !isNear ? `${key} belongs ${list(elsewhere)}` : choose(key, here);
  const where = parent.length === 0 ? "a lab file" : pathText(parent);
  return { path: [...parent, key], part: "key", message: `${where} has no key ${shown(key)}`, remedy };
}

function placeText(place: string): string {
  if (place === "") return "at the top";
  const named: Record<string, string> = { "machines.*": "a machine", "machines.*.users.*": "an account" };
  return `in ${named[place] ?? place}`;
}

const expectedWords: Record<string, { words: string; remedy: string }> = {
  string: { words: "text", remedy: "write it as text" },
  boolean: { words: "true or false", remedy: "write true or false, without quotes" },
  number: { words: "a whole number", remedy: "write a whole number, without quotes" },
  int: { words: "a whole number", remedy: "write a whole number, without quotes" },
  array: { words: "a list", remedy: "write a list: an item in each line after `- `, or [one, another]" },
  object: {
    words: "keys with values",
    remedy: "write its keys in lines of their own, further in, or { key: value }",
  },
};

function wrongType(path: Path, expected: string, { value, writtenAt }: Source): Finding {
  const found = valueAt(value, path);
  const { words, remedy } = expectedWords[expected] ?? {
    words: expected,
    remedy: "docs/lab-file.md tells its form",
  };
  if (path.length === 0) {
    const example = "begin with keys, such as `name: basics`";
    return {
      path,
      message: `a lab file has keys with values at its top, and this is ${kindOf(found)}`,
      remedy: example,
    };
  }
  if (found === undefined) {
    const message = `${pathText(path.slice(0, -1))} has no ${path.at(-1)}`;
    return { path: path.slice(0, -1), message, remedy: `add one: \`${path.at(-1)}: …\`` };
  }
  if (found === null) {
    return { path, part: "key", message: `${pathText(path)} has no value`, remedy: emptyRemedy(path) };
  }
  const written = writtenAt(path);
  const quoted = expected === "string" && written !== undefined ? `put it in quotes: "${written}"` : remedy;
  return { path, message: `${pathText(path)} is ${kindOf(found)}, and should be ${words}`, remedy: quoted };
}

function emptyRemedy(path: Path): string {
  if (typeof path.at(-1) === "number") return "write the item after its `-`, or take the line out";
  const hasDefault = !(path[0] === "machines" && ["name", "role"].includes(String(path.at(-1))));
  return hasDefault ? "give it one, or take the key out: then its default holds" : "give it one";
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isRecord(value)) return "keys with values";
  if (typeof value === "string") return `the text ${shown(value)}`;
  if (typeof value === "number") return `the number ${value}`;
  return String(value);
}

type SizeIssue = Extract<Issue, { code: "too_small" | "too_big" }>;

function wrongSize(path: Path, issue: SizeIssue, { value }: Source): Finding {
  const found = valueAt(value, path);
  if (Array.isArray(found)) {
    const remedy = "name at least one, or take the key out: then its default holds";
    return { path, message: `${pathText(path)} is an empty list`, remedy };
  }
  const limit = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  return { path, message: `${pathText(path)} is ${shown(found)}`, remedy: `use ${limit}` };
}
