import { type Edit, lineAfter, lineStart, nextLine, nodeAt, withEdit } from "./edit.ts";
import { writeYaml } from "./yaml.ts";
import { type Document, dashOf, type ParsedNode, type YAMLSeq, yamlLibrary } from "./yaml-source.ts";

/** An item of a list: a text, or keys with texts. */
export type Item = string | Readonly<Record<string, string>>;

/** A YAML text with one more item at the end of the list of a key; undefined if that cannot be done in one place. */
export const withItem = (text: string, key: string, item: Item): string | undefined =>
  withEdit(
    text,
    (document, source) => {
      const list = listAt(document, key);
      const last = list?.items.at(-1);
      if (!list || !last) return undefined;
      const dash = dashOf(list, list.items.length - 1);
      const [, end] = last.range;
      if (list.flow) return { from: end, to: end, text: `, ${itemText(item)}` };
      if (dash === undefined) return undefined;
      const indent = source.slice(lineStart(source, dash), dash);
      return lineAfter(source, endOf(source, end), `${indent}- ${itemText(item)}`);
    },
    (before) => ({ ...before, [key]: [...listIn(before[key]), item] }),
  );

/** A YAML text without an item of the list of a key, and without the comment in its line; undefined as for `withItem`. */
export const withoutItem = (text: string, key: string, index: number): string | undefined =>
  withEdit(
    text,
    (document, source) => {
      const list = listAt(document, key);
      const item = list?.items[index];
      if (!list || !item) return undefined;
      if (list.flow) return withoutFlowItem(list, index, source);
      const dash = dashOf(list, index);
      if (dash === undefined) return undefined;
      const end = nextLine(source, endOf(source, item.range[1]));
      return { from: lineStart(source, dash), to: end, text: "" };
    },
    (before) => ({ ...before, [key]: listIn(before[key]).filter((_, at) => at !== index) }),
  );

const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The list of a key at the top, as it is written there; undefined if it is not one, or an alias. */
function listAt(document: Document.Parsed | undefined, key: string): YAMLSeq<ParsedNode> | undefined {
  const { isMap, isSeq } = yamlLibrary();
  const root = document?.contents ?? null;
  if (!isMap<ParsedNode, ParsedNode | null>(root)) return undefined;
  const list = nodeAt(root, key);
  return isSeq<ParsedNode>(list) ? list : undefined;
}

/** The end of a value that is a mapping may be at the beginning of the next line. */
const endOf = (source: string, end: number): number => (source[end - 1] === "\n" ? end - 1 : end);

/** Texts in braces are quoted, because a comma or a bracket would end them. */
const itemText = (item: Item): string =>
  typeof item === "string"
    ? writeYaml(item).trim()
    : `{ ${Object.entries(item)
        .map(
          ([key, value]) =>
            `${key}: ${/^[a-z][a-z0-9-]*$/.test(value) ? itemText(value) : JSON.stringify(value)}`,
        )
        .join(", ")} }`;

function withoutFlowItem({ items }: YAMLSeq<ParsedNode>, index: number, source: string): Edit | undefined {
  const [from = 0, end = 0] = items[index]?.range ?? [];
  const before = items[index - 1]?.range[1];
  const comma = /[ \t]*,/y;
  const after = endOfMatch(comma, source, end);
  if (after === undefined && items[index + 1]) return undefined;
  const start = lineStart(source, from);
  const isFirstInLine = source.slice(start, from).trim() === "";
  const next = endOfMatch(/[ \t]*(#.*)?\r?\n/y, source, after ?? end);
  if (isFirstInLine && next !== undefined) return { from: start, to: next, text: "" };
  if (!items[index + 1]) return before === undefined ? undefined : { from: before, to: end, text: "" };
  return { from, to: endOfMatch(/[ \t]*/y, source, after ?? end) ?? end, text: "" };
}

/** Where a match ends that begins at an offset; undefined if there is none. */
function endOfMatch(pattern: RegExp, text: string, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
