import type { z } from "zod";
import { type Finding, isRecord, valueAt } from "./finding.ts";
import { type Form, hasDefault, keysOf, named, placeOf } from "./form.ts";
import { choose, list, nearest, shown } from "./nearest.ts";
import type { Path, YamlDocument } from "./yaml.ts";

type Issue = z.core.$ZodIssue;
type IssueOf<C extends Issue["code"]> = Extract<Issue, { code: C }>;

/** What was written, and the form that it should have. */
interface Written extends Pick<YamlDocument, "value" | "writtenAt"> {
  form: Form;
}

/** A schema's errors, in words of the form. An issue of several keys gives a finding for each. */
export const findingsOf = (issues: readonly Issue[], written: Written): Finding[] =>
  issues.flatMap((issue) => findingsIn(issue, pathOf(issue), written));

const pathOf = (issue: Issue): Path => issue.path.filter((step) => typeof step !== "symbol");

function findingsIn(issue: Issue, path: Path, written: Written): Finding[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, written.form));
  if (issue.code !== "custom" && path.length > 0) {
    const found = valueAt(written.value, path);
    if (found === undefined) return [missing(path, written.form)];
    if (found === null) return [empty(path, written.form)];
  }
  if (issue.code === "invalid_union") return unionFindings(issue, path, written);
  return [wrongValue(issue, path, written)];
}

function wrongValue(issue: Issue, path: Path, written: Written): Finding {
  const { form, value } = written;
  const found = valueAt(value, path);
  switch (issue.code) {
    case "invalid_type":
      return wrongType(path, [issue.expected], written);
    case "too_small":
    case "too_big":
      return wrongSize(path, issue, written);
    case "invalid_value": {
      const message = `${named(path, form)} cannot be ${shown(found)}`;
      return { path, message, remedy: choose(String(found), issue.values.map(String)) };
    }
    case "invalid_key": {
      const [inner] = issue.issues;
      return inner ? { ...wrongValue(inner, path, written), part: "key" } : wrongType(path, [], written);
    }
    case "custom":
      if (typeof issue.params?.remedy === "string")
        return { path, message: issue.message, remedy: issue.params.remedy };
      return { path, message: `${named(path, form)}: ${issue.message}`, remedy: form.remedy };
    default:
      return {
        path,
        message: `${named(path, form)} is ${shown(found)}: ${rule(issue)}`,
        remedy: form.remedy,
      };
  }
}

/** The schema's own words; zod's, if it has none, are for programmers. */
function rule(issue: Issue): string {
  if (issue.code !== "invalid_format" || !issue.message.startsWith("Invalid ")) return issue.message;
  if (issue.format === "url") return "a URL is expected";
  return `it must match ${issue.pattern ?? issue.format}`;
}

/** The alternative that is nearest to what was written; if none has its type, the types of all. */
function unionFindings(issue: IssueOf<"invalid_union">, path: Path, written: Written): Finding[] {
  const types = issue.errors.map(([first, ...more]) =>
    first?.code === "invalid_type" && first.path.length === 0 && more.length === 0
      ? first.expected
      : undefined,
  );
  const expected = types.filter((type) => type !== undefined);
  if (expected.length === types.length) return [wrongType(path, expected, written)];
  const [nearest = []] = issue.errors
    .filter((_, index) => types[index] === undefined)
    .toSorted((one, other) => one.length - other.length);
  return nearest.flatMap((one) => findingsIn(one, [...path, ...pathOf(one)], written));
}

function unknownKey(parent: Path, key: string, form: Form): Finding {
  const known = keysOf(form);
  const here = known.get(placeOf(parent))?.known ?? [];
  const elsewhere = [...known]
    .filter(([, keys]) => keys.known.includes(key))
    .map(([other]) => (other === "" ? "at the top" : `in ${form.places?.[other] ?? other}`));
  const isNear = nearest(key, here) !== undefined;
  const remedy =
    here.length === 0
      ? "remove it"
      : elsewhere.length > 0 && !isNear
        ? `move ${key}: it belongs ${list(elsewhere)}`
        : choose(key, here);
  const message = `${named(parent, form)} has no key ${shown(key)}`;
  return { path: [...parent, key], part: "key", message, remedy };
}

function missing(path: Path, form: Form): Finding {
  const [parent, key] = [path.slice(0, -1), path.at(-1)];
  return { path: parent, message: `${named(parent, form)} has no ${key}`, remedy: `add one: \`${key}: …\`` };
}

function empty(path: Path, form: Form): Finding {
  const message = `${named(path, form)} has no value`;
  if (typeof path.at(-1) === "number")
    return { path, part: "key", message, remedy: "write the item after its `-`, or take the line out" };
  const remedy = hasDefault(path, form)
    ? "write a value, or delete the key to use its default"
    : "write a value";
  return { path, part: "key", message, remedy };
}

const expectedWords: Record<string, { words: string; remedy: string }> = {
  string: { words: "text", remedy: "write it as text" },
  boolean: { words: "true or false", remedy: "write true or false, without quotes" },
  number: { words: "a whole number", remedy: "write a whole number, without quotes" },
  int: { words: "a whole number", remedy: "write a whole number, without quotes" },
  array: { words: "a list", remedy: "write a list: an item in each line after `- `, or [one, another]" },
  object: {
    words: "keys with values",
    remedy: "write each key in its own line, indented further, or { key: value }",
  },
};

const wordsFor = (type: string, form: Form) =>
  expectedWords[type === "record" ? "object" : type] ?? { words: type, remedy: form.remedy };

/** A value with none of the expected types; the remedy is that of the first. */
function wrongType(path: Path, expected: readonly string[], { value, writtenAt, form }: Written): Finding {
  const found = valueAt(value, path);
  const all = [...new Set(expected.map((type) => wordsFor(type, form).words))].join(" or ");
  if (path.length === 0) {
    const message = `${form.whole} has ${all} at its top, and this is ${kindOf(found)}`;
    return { path, message, remedy: form.example };
  }
  const written = writtenAt(path);
  const remedy =
    expected.includes("string") && written !== undefined
      ? `put it in quotes: "${written}"`
      : wordsFor(expected[0] ?? "", form).remedy;
  return { path, message: `${named(path, form)} is ${kindOf(found)}, and should be ${all}`, remedy };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isRecord(value)) return "keys with values";
  if (typeof value === "string") return `the text ${shown(value)}`;
  if (typeof value === "number") return `the number ${value}`;
  return String(value);
}

function wrongSize(path: Path, issue: IssueOf<"too_small" | "too_big">, { value, form }: Written): Finding {
  const found = valueAt(value, path);
  const limit = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  if (Array.isArray(found)) {
    const seen = found.length === 0 ? "is an empty list" : `is a list of ${found.length}`;
    const atLeastOne = issue.code === "too_small" && issue.minimum === 1 ? "at least one" : limit;
    const remedy = `name ${atLeastOne}${hasDefault(path, form) ? ", or delete the key to use its default" : ""}`;
    return { path, message: `${named(path, form)} ${seen}`, remedy };
  }
  const unit = typeof found === "string" ? ` character${limit.endsWith(" 1") ? "" : "s"}` : "";
  return { path, message: `${named(path, form)} is ${shown(found)}`, remedy: `use ${limit}${unit}` };
}
