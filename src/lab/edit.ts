import { isDeepStrictEqual } from "node:util";
import { isRecord } from "./finding.ts";
import { parseYaml } from "./yaml.ts";
import { type Document, type ParsedNode, sourcesOf, type YAMLMap, yamlLibrary } from "./yaml-source.ts";

/** A part of a text that is replaced by other text. */
export interface Edit {
  from: number;
  to: number;
  text: string;
}

export const applied = (source: string, { from, to, text }: Edit): string =>
  `${source.slice(0, from)}${text}${source.slice(to)}`;

type Mapping = Record<string, unknown>;

/**
 * A YAML text with one edit in it; every other byte stays, comments too. Undefined if the edit cannot be made, or if the edited
 * text does not have the wanted value.
 */
export function withEdit(
  text: string,
  editOf: (document: Document.Parsed | undefined, source: string) => Edit | undefined,
  wanted: (before: Mapping) => Mapping,
): string | undefined {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const source = text.slice(mark.length);
  const before = mappingIn(source);
  if (before === undefined) return undefined;
  const [document, second] = sourcesOf(source);
  const edit = second ? undefined : editOf(document, source);
  if (!edit) return undefined;
  const edited = applied(source, edit);
  return isDeepStrictEqual(mappingIn(edited), wanted(before)) ? `${mark}${edited}` : undefined;
}

/** The mapping that a text is; undefined if it is not one. A text of comments alone is an empty one. */
function mappingIn(text: string): Mapping | undefined {
  const parsed = parseYaml(text, "the file");
  if ("problems" in parsed) return undefined;
  const value = parsed.document.value ?? {};
  return isRecord(value) ? value : undefined;
}

/** The value of a key; undefined if the mapping has no such key. */
export function nodeAt(
  map: YAMLMap<ParsedNode, ParsedNode | null>,
  name: string,
): ParsedNode | null | undefined {
  const { isScalar } = yamlLibrary();
  return map.items.find(({ key }) => isScalar(key) && key.value === name)?.value;
}

export const lineEnd = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

/** Where the line begins in which an offset is. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;

/** Where the line after an offset begins; the end of the text if there is none. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** A line after the one in which an offset is. */
export function lineAfter(text: string, offset: number, line: string): Edit {
  const at = nextLine(text, offset);
  const end = lineEnd(text);
  const isOpen = at === text.length && !text.endsWith("\n");
  return { from: at, to: at, text: isOpen ? `${end}${line}` : `${line}${end}` };
}
