import type { Pair, ParsedNode, YAMLMap, YAMLSeq } from "yaml";
import { dashOf, sourcesOf, yamlLibrary } from "../lab/yaml-source.ts";
import { lineEnd, lineStart } from "./lines.ts";

/** Offsets in the text: from `start` to before `end`. */
export interface Span {
  start: number;
  end: number;
}

/** A mapping or a list: in brackets, or on lines that are indented by `depth`. */
interface Collection {
  isFlow: boolean;
  start: number;
  depth: number;
}

/** Items in brackets are only their text; others are whole lines, without the comments that follow. */
export interface List extends Collection {
  items: Span[];
}

/** A key with its value; whole lines as an item of a list is. */
export interface Entry extends Span {
  depth: number;
  /** The offset behind the colon; absent if the key has none. */
  behindColon: number | undefined;
  /** Absent if no value is written. */
  value: Span | undefined;
  list: List | undefined;
}

export interface Layout extends Collection {
  entries: Map<string, Entry>;
}

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/** Where the parts of a kubeconfig are in its text; undefined if the text has no mapping. */
export function layoutOf(text: string): Layout | undefined {
  const root = sourcesOf(text)[0]?.contents;
  if (!root || !isMapping(root)) return undefined;
  const own = collection(text, root);
  return {
    ...own,
    entries: new Map(root.items.map((pair) => [keyOf(pair), entryOf(text, pair, own.isFlow)])),
  };
}

const isMapping = (node: ParsedNode): node is YAMLMap.Parsed => yamlLibrary().isMap(node);
const isList = (node: ParsedNode | null): node is YAMLSeq.Parsed => yamlLibrary().isSeq(node);

const collection = (text: string, { flow, range: [start] }: YAMLMap.Parsed | YAMLSeq.Parsed): Collection => ({
  isFlow: flow === true,
  start,
  depth: start - lineStart(text, start),
});

const keyOf = ({ key }: ParsedPair): string => ("value" in key ? String(key.value) : "");

function entryOf(text: string, pair: ParsedPair, inFlow: boolean): Entry {
  const start = pair.key.range[0];
  const colon = pair.srcToken?.sep?.find(({ type }) => type === "map-value-ind");
  return {
    ...lines(text, start, endOf(text, pair), inFlow),
    depth: start - lineStart(text, start),
    behindColon: colon && colon.offset + 1,
    value: written(text, pair.value),
    list: isList(pair.value) ? listOf(text, pair.value) : undefined,
  };
}

function listOf(text: string, node: YAMLSeq.Parsed): List {
  const own = collection(text, node);
  // The dash may be on a line before its item.
  const items = node.items.map((item, index) =>
    lines(text, dashOf(node, index) ?? item.range[0], endOf(text, item), own.isFlow),
  );
  return { ...own, items };
}

const lines = (text: string, start: number, end: number, inFlow: boolean): Span =>
  inFlow ? { start, end } : { start: lineStart(text, start), end: lineEnd(text, end) };

/** A block scalar ends with its last line; the line break after it belongs to the line. */
function written(text: string, node: ParsedNode | null): Span | undefined {
  if (!node || node.range[0] === node.range[1]) return undefined;
  const [start, end] = node.range;
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

/** Where the text of a value, or of a key with its value, ends. */
function endOf(text: string, part: ParsedNode | ParsedPair): number {
  if (yamlLibrary().isPair(part))
    return part.value && written(text, part.value) ? endOf(text, part.value) : part.key.range[1];
  const last = (isMapping(part) || isList(part)) && !part.flow ? part.items.at(-1) : undefined;
  return last ? endOf(text, last) : (written(text, part)?.end ?? part.range[1]);
}
