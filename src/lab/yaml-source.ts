import { createRequire } from "node:module";
import type { Document, ParsedNode, YAMLSeq } from "yaml";
import type { Position } from "./problem.ts";

export type { Document, ParsedNode, YAMLMap, YAMLSeq } from "yaml";

/** The keys and indices that lead to a value: `["machines", 2, "name"]`. */
export type Path = readonly (string | number)[];

export type YamlLibrary = typeof import("yaml");

const require = createRequire(import.meta.url);

/** Loaded on first use: it takes several times as long as js-yaml, and a file without problems needs no positions. */
export const yamlLibrary = (): YamlLibrary => require("yaml");

/** Every document of a text, with the place of each value. js-yaml reads the same text, and reports its errors. */
export const sourcesOf = (text: string): Document.Parsed[] => [
  ...yamlLibrary().parseAllDocuments(text, { uniqueKeys: false, keepSourceTokens: true }),
];

interface Place {
  /** Where the key is written; undefined for an item of a list. */
  key?: number | undefined;
  /** Where the value is written; undefined for a key without one. */
  value?: number | undefined;
  node: ParsedNode | null;
}

/** Where a value, or the key that names it, begins; the nearest thing around it if the path leads nowhere. */
export function offsetAt(document: Document.Parsed, path: Path, part: "key" | "value"): number {
  let node = document.contents;
  let found = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const place = placeIn(document, node, step);
    if (!place) return found;
    const wanted = part === "key" && depth === path.length - 1 ? place.key : undefined;
    found = wanted ?? place.value ?? place.key ?? found;
    node = place.node;
  }
  return found;
}

/** A scalar as it is written, without quotes; undefined for anything else. */
export function writtenAt(document: Document.Parsed, path: Path): string | undefined {
  let node = document.contents;
  for (const step of path) node = placeIn(document, node, step)?.node ?? null;
  const scalar = named(document, node);
  return yamlLibrary().isScalar(scalar) ? scalar.source : undefined;
}

function placeIn(
  document: Document.Parsed,
  around: ParsedNode | null,
  step: string | number,
): Place | undefined {
  const { isMap, isSeq } = yamlLibrary();
  const node = named(document, around);
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    const pair = node.items.findLast(({ key }) => keyOf(document, key) === String(step));
    return pair && { key: pair.key.range?.[0], value: startOf(pair.value), node: pair.value };
  }
  if (!isSeq<ParsedNode>(node) || typeof step !== "number") return undefined;
  const item = node.items[step];
  return item && { value: startOf(item) ?? dashOf(node, step), node: item };
}

/** Where the dash of an item is; undefined for an item in brackets. */
export function dashOf({ srcToken }: YAMLSeq<ParsedNode>, index: number): number | undefined {
  const items = srcToken?.type === "block-seq" ? srcToken.items : [];
  return items[index]?.start.find(({ type }) => type === "seq-item-ind")?.offset;
}

/** The node itself, or an alias's target. */
const named = (document: Document.Parsed, node: ParsedNode | null) =>
  yamlLibrary().isAlias(node) ? node.resolve(document) : node;

function keyOf(document: Document.Parsed, key: ParsedNode): string | undefined {
  const scalar = named(document, key);
  return yamlLibrary().isScalar(scalar) ? String(scalar.value) : undefined;
}

/** A reader sees the opening quote of a scalar, and the first letter of a block; undefined if nothing is written. */
function startOf(node: ParsedNode | null): number | undefined {
  if (!node || node.range[0] === node.range[1]) return undefined;
  const token = node.srcToken;
  if (token?.type !== "block-scalar") return node.range[0];
  const [start, end] = node.range;
  return Math.max(start, end - token.source.trimStart().length);
}

/** Every duplicate key of a mapping, at its later place, with the offset of the earlier one. */
export function duplicateKeys(document: Document.Parsed): { key: string; start: number; first: number }[] {
  const found: { key: string; start: number; first: number }[] = [];
  yamlLibrary().visit(document, {
    Map(_, { items }) {
      const seen = new Map<string, number>();
      for (const { key: node } of items as { key: ParsedNode }[]) {
        const [key, start] = [keyOf(document, node) ?? "", node.range[0]];
        const first = seen.get(key);
        if (first === undefined) seen.set(key, start);
        else found.push({ key, start, first });
      }
    },
  });
  return found;
}

/** Where the first alias is that refers to no anchor, or to a node around itself. */
export function brokenAlias(document: Document.Parsed): number | undefined {
  const { visit } = yamlLibrary();
  let found: number | undefined;
  visit(document, {
    Alias(_, alias, around) {
      const target = alias.resolve(document);
      if (target && !around.includes(target)) return undefined;
      found = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return found;
}

/** Turns an offset into line and column. */
export function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const breaks = before.match(/\r\n|\n|\r/g)?.length ?? 0;
  const lineStart = Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r")) + 1;
  return { line: breaks + 1, column: offset - lineStart + 1 };
}
