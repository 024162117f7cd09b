import { readYaml, writeYaml } from "../lab/yaml.ts";
import {
  type Document,
  type Fields,
  type Item,
  itemNamed,
  itemsOf,
  readDocument,
  rewritten,
  type Section,
  sayTheSame,
} from "./document.ts";
import { insertBehind, memberText, removePiece } from "./flow.ts";
import { dashLine, itemEnd, linesOf, offsetOf, withLines, withoutLines } from "./lines.ts";
import { tokenAt, withToken } from "./token.ts";

/** A change of a kubeconfig, once as data, and once as text; the text may not be able to (undefined). */
interface Edit {
  data(root: Fields): Fields;
  text(document: Document): string | undefined;
}

/**
 * Makes the change in the text, so that all else stays as it is, and reads it again: where that does not say
 * exactly what the change is as data, the whole is written anew.
 */
function apply(text: string, edit: Edit): string {
  const document = readDocument(text);
  const wanted = edit.data(document.root);
  const edited = edit.text(document);
  return edited !== undefined && says(edited, wanted) ? edited : rewritten(wanted, text);
}

function says(text: string, wanted: Fields): boolean {
  try {
    return sayTheSame(readDocument(text).root, wanted);
  } catch {
    return false;
  }
}

/** Puts an item into a list, or in the place of the one that has its name. */
export const putItem = (text: string, section: Section, item: Item): string =>
  apply(text, {
    data: (root) => {
      const items = itemsOf(root, section);
      const index = items.findIndex(({ name }) => name === item.name);
      return { ...root, [section]: index < 0 ? [item, ...items] : items.with(index, item) };
    },
    text: (document) => {
      const { root } = document;
      const index = itemsOf(root, section).findIndex(({ name }) => name === item.name);
      if (index >= 0) return replaceItem(document, section, index, item);
      return section in root ? insertItem(document, section, item) : insertKey(document, section, [item]);
    },
  });

/** Takes the item of that name out of a list, if there is one. */
export function dropItem(text: string, section: Section, name: string): string {
  if (!itemNamed(readDocument(text).root, section, name)) return text;
  return apply(text, {
    data: (root) => ({ ...root, [section]: itemsOf(root, section).filter((item) => item.name !== name) }),
    text: (document) => {
      const index = itemsOf(document.root, section).findIndex((item) => item.name === name);
      return replaceItem(document, section, index, undefined);
    },
  });
}

/** Sets a scalar of the top level to what `token` says in YAML; `token` is what then stands there. */
export const setScalar = (text: string, key: string, token: string): string =>
  apply(text, {
    data: (root) => ({ ...root, [key]: readYaml(token, "the value").value ?? null }),
    text: (document) =>
      key in document.root ? withToken(document, key, token) : insertKey(document, key, token),
  });

/** Takes a key of the top level out that has nothing in it, or one line. */
export function dropKey(text: string, key: string): string {
  const { root } = readDocument(text);
  if (!(key in root)) return text;
  return apply(text, {
    data: ({ [key]: _, ...rest }) => rest,
    text: ({ text: old, yaml }) => {
      const { line } = yaml.positionOf([key], "key");
      const written = linesOf(old)[line - 1] ?? "";
      if (written.trimStart().startsWith(`${key}:`)) return withoutLines(old, line - 1, line);
      const start = offsetOf(old, yaml.positionOf([key], "key"));
      return removePiece(old, start, memberText(key, root[key]));
    },
  });
}

/** Puts the token of an empty list (`null`, `[]`) back where a list has become empty. */
export const setEmpty = (text: string, section: Section, token: string): string =>
  apply(text, {
    data: (root) => ({ ...root, [section]: [] }),
    text: (document) => withToken(document, section, token),
  });

/** The lines of a list's item, indented by `depth` spaces. */
const itemLines = (item: Item, depth: number): string[] =>
  writeYaml([item])
    .trimEnd()
    .split("\n")
    .map((line) => " ".repeat(depth) + line);

function insertItem(document: Document, section: Section, item: Item): string | undefined {
  const { text, yaml, root } = document;
  const token = tokenAt(document, section);
  if (token?.text.startsWith("[")) {
    return insertBehind(text, token.start, JSON.stringify(item), itemsOf(root, section).length === 0);
  }
  const key = yaml.positionOf([section], "key");
  if (root[section] === null) {
    if (token) return withToken(document, section, JSON.stringify([item]));
    return withLines(text, key.line, itemLines(item, key.column - 1));
  }
  const value = yaml.positionOf([section]);
  return value.line > key.line ? withLines(text, key.line, itemLines(item, value.column - 1)) : undefined;
}

function replaceItem(document: Document, section: Section, index: number, item?: Item): string | undefined {
  const { text, yaml, root } = document;
  const old = itemsOf(root, section)[index];
  const position = yaml.positionOf([section, index]);
  if (tokenAt(document, section)?.text.startsWith("[")) {
    const start = offsetOf(text, position);
    const rest = removePiece(text, start, JSON.stringify(old));
    if (rest === undefined || !item) return rest;
    return text.slice(0, start) + JSON.stringify(item) + text.slice(start + JSON.stringify(old).length);
  }
  const lines = linesOf(text);
  const dash = dashLine(lines, position.line - 1);
  if (dash < 0) return undefined;
  const depth = (lines[dash] ?? "").indexOf("-");
  const end = itemEnd(lines, dash);
  if (!item) return withoutLines(text, dash, end);
  return withoutLines(withLines(text, end, itemLines(item, depth)), dash, end);
}

/** A new key goes before the first one: there, nothing can be in the way, and the end of the text stays as it is. */
function insertKey({ text, yaml, root }: Document, key: string, value: string | Item[]): string | undefined {
  const start = yaml.positionOf([]);
  const offset = offsetOf(text, start);
  if (text[offset] === "{") {
    const data = typeof value === "string" ? readYaml(value, "the value").value : value;
    return insertBehind(text, offset, memberText(key, data), Object.keys(root).length === 0);
  }
  const items = typeof value === "string" ? [] : value.flatMap((item) => itemLines(item, start.column - 1));
  const first = `${" ".repeat(start.column - 1)}${key}:${typeof value === "string" ? ` ${value}` : ""}`;
  return withLines(text, start.line - 1, [first, ...items]);
}
