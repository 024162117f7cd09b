import { readYaml, writeYaml } from "../lab/yaml.ts";
import {
  type Fields,
  type Item,
  itemsOf,
  readDocument,
  rewritten,
  type Section,
  sayTheSame,
} from "./document.ts";
import { type Entry, type Layout, type List, layoutOf, type Span } from "./layout.ts";
import { lineEnd, lineStart, spliced, withLines, withoutLines, withoutPiece } from "./lines.ts";

/** A change of a kubeconfig as data, and as text; undefined for texts in which it cannot be made. */
interface Edit {
  data(root: Fields): Fields;
  text(layout: Layout): string | undefined;
}

/**
 * Makes the change in the text, so that everything else keeps its bytes, and parses the result: if it differs from
 * the change made in the data, the whole is written again.
 */
function apply(text: string, edit: Edit): string {
  const wanted = edit.data(readDocument(text));
  const layout = layoutOf(text);
  const edited = layout && edit.text(layout);
  return edited !== undefined && says(edited, wanted) ? edited : rewritten(wanted, text);
}

function says(text: string, wanted: Fields): boolean {
  try {
    return sayTheSame(readDocument(text), wanted);
  } catch {
    return false;
  }
}

/** Whether the text has a mapping. It may have comments only. */
export const isBegun = (text: string): boolean => layoutOf(text) !== undefined;

/** Writes a whole kubeconfig below the comments of a text without one. */
export function begin(text: string, root: Fields): string {
  const begun = withLines(text, text.length, writeYaml(root).trimEnd().split("\n"));
  return says(begun, root) ? begun : rewritten(root, text);
}

/** The value of a top-level key as written; undefined if there is none, or an alias, which may lose its anchor. */
export function writtenAt(text: string, key: string): string | undefined {
  const span = layoutOf(text)?.entries.get(key)?.value;
  const token = span && text.slice(span.start, span.end);
  return token?.startsWith("*") ? undefined : token;
}

/** A text as a scalar of the top level: JSON within brackets, which may be those of a JSON file. */
export const scalarFor = (text: string, value: string): string =>
  layoutOf(text)?.isFlow ? JSON.stringify(value) : writeYaml(value).trim();

/** Puts an item first into a list, or replaces the one with its name. */
export const putItem = (text: string, section: Section, item: Item): string =>
  apply(text, {
    data: (root) => {
      const items = itemsOf(root, section);
      const index = items.findIndex(({ name }) => name === item.name);
      return { ...root, [section]: index < 0 ? [item, ...items] : items.with(index, item) };
    },
    text: (layout) => {
      const entry = layout.entries.get(section);
      if (!entry) return insertKey(text, layout, section, [item]);
      const index = itemsOf(readDocument(text), section).findIndex(({ name }) => name === item.name);
      if (index < 0) return insertItem(text, layout, entry, item);
      return entry.list && replaceItem(text, entry.list, index, item);
    },
  });

/** Removes every item of that name from a list. */
export function dropItem(text: string, section: Section, name: string): string {
  const items = itemsOf(readDocument(text), section);
  if (!items.some((item) => item.name === name)) return text;
  return apply(text, {
    data: (root) => ({ ...root, [section]: items.filter((item) => item.name !== name) }),
    text: (layout) => {
      const list = layout.entries.get(section)?.list;
      return list?.items
        .filter((_, index) => items[index]?.name === name)
        .reduceRight((now, span) => without(now, span, list.isFlow), text);
    },
  });
}

/** Writes `token` as the value of a top-level key; an empty token removes the value. */
export const setValue = (text: string, key: string, token: string): string =>
  apply(text, {
    data: (root) => ({ ...root, [key]: readYaml(token, "the value").value ?? null }),
    text: (layout) => {
      const entry = layout.entries.get(key);
      return entry ? withToken(text, entry, token) : insertKey(text, layout, key, token);
    },
  });

/** Removes a top-level key with its value. */
export function dropKey(text: string, key: string): string {
  if (!(key in readDocument(text))) return text;
  return apply(text, {
    data: ({ [key]: _, ...rest }) => rest,
    text: (layout) => {
      const entry = layout.entries.get(key);
      return entry && without(text, entry, layout.isFlow);
    },
  });
}

const without = (text: string, { start, end }: Span, inFlow: boolean): string =>
  inFlow ? withoutPiece(text, start, end) : withoutLines(text, start, end);

function withToken(text: string, { behindColon, value }: Entry, token: string): string | undefined {
  if (behindColon === undefined) return undefined;
  if (token === "") return spliced(text, behindColon, value?.end ?? behindColon);
  return value
    ? spliced(text, value.start, value.end, token)
    : spliced(text, behindColon, behindColon, ` ${token}`);
}

/** The lines of a list's item, indented by `depth` spaces. */
const itemLines = (item: Item, depth: number): string[] =>
  writeYaml([item])
    .trimEnd()
    .split("\n")
    .map((line) => " ".repeat(depth) + line);

function insertItem(text: string, { isFlow }: Layout, entry: Entry, item: Item): string | undefined {
  const { list, value, behindColon } = entry;
  if (list?.isFlow) return withFirst(text, list.start, JSON.stringify(item), list.items.length === 0);
  if (behindColon === undefined) return undefined;
  if (isFlow || (value && !list)) return withToken(text, entry, JSON.stringify([item]));
  return withLines(text, lineEnd(text, behindColon), itemLines(item, (list ?? entry).depth));
}

function replaceItem(text: string, list: List, index: number, item: Item): string | undefined {
  const span = list.items[index];
  if (!span) return undefined;
  const { start, end } = span;
  if (list.isFlow) return spliced(text, start, end, JSON.stringify(item));
  return withLines(withoutLines(text, start, end), start, itemLines(item, list.depth));
}

/** A new key goes before the first one: nothing can be in the way there, and the end of the text does not change. */
function insertKey(text: string, layout: Layout, key: string, value: string | Item[]): string {
  const { isFlow, start, depth, entries } = layout;
  const isToken = typeof value === "string";
  if (isFlow) {
    const piece = `${JSON.stringify(key)}: ${isToken ? value : JSON.stringify(value)}`;
    return withFirst(text, start, piece, entries.size === 0);
  }
  const first = `${" ".repeat(depth)}${key}:${isToken ? ` ${value}` : ""}`;
  const items = isToken ? [] : value.flatMap((item) => itemLines(item, depth));
  return withLines(text, lineStart(text, start), [first, ...items]);
}

/** Puts a piece right behind an opening bracket, where `withoutPiece` leaves no trace of it. */
const withFirst = (text: string, bracket: number, piece: string, isOnly: boolean): string =>
  spliced(text, bracket + 1, bracket + 1, isOnly ? piece : `${piece}, `);
