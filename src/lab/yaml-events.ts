import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import type { YamlEntry, YamlNode } from "./yaml-tree.ts";

/** Builds one tree for each document from the parser's events, which come depth first. */
export const treesOf = (events: readonly Event[], source: string): YamlNode[] =>
  new Builder(events, source).trees();

class Builder {
  readonly #events: readonly Event[];
  readonly #source: string;
  readonly #anchors = new Map<string, YamlNode>();
  /** The nodes that are being built; an alias of one of these has no end. */
  readonly #open = new Set<YamlNode>();
  #next = 0;
  /** The end of what was last read of the text. */
  #read = 0;

  constructor(events: readonly Event[], source: string) {
    this.#events = events;
    this.#source = source;
  }

  trees(): YamlNode[] {
    const trees: YamlNode[] = [];
    while (this.#next < this.#events.length) {
      if (this.#events[this.#next++]?.type !== EVENT_ID.DOCUMENT) continue;
      this.#anchors.clear();
      const [root] = this.#children();
      trees.push(root ?? made("scalar", -1));
    }
    return trees;
  }

  #children(inSequence = false): YamlNode[] {
    const found: YamlNode[] = [];
    for (let child = this.#node(); child !== undefined; child = this.#node()) {
      if (inSequence && child.kind === "scalar" && child.start < 0) this.#findDash(child);
      found.push(child);
    }
    return found;
  }

  #node(): YamlNode | undefined {
    const event = this.#events[this.#next++];
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      return undefined;
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event.anchorStart, event.anchorEnd);
    const node =
      event.type === EVENT_ID.SCALAR ? scalar(event, this.#source) : made(kindOf(event), event.start);
    this.#read = Math.max(this.#read, event.type === EVENT_ID.SCALAR ? event.valueEnd : event.start);
    // The anchor is known before the content is, as in YAML itself.
    if (event.anchorStart >= 0)
      this.#anchors.set(this.#source.slice(event.anchorStart, event.anchorEnd), node);
    this.#open.add(node);
    if (node.kind === "sequence") node.items.push(...this.#children(true));
    if (node.kind === "mapping") node.entries.push(...pairs(this.#children()));
    this.#open.delete(node);
    return node;
  }

  #alias(start: number, end: number): YamlNode {
    this.#read = end;
    const target = this.#anchors.get(this.#source.slice(start, end));
    const alias = made("alias", start - 1);
    return target === undefined || this.#open.has(target) ? alias : { ...alias, target };
  }

  /** The parser tells no place of an item that is empty; a reader sees its dash. */
  #findDash(item: YamlNode): void {
    const dash = /^[ \t]*-(?=\s|$)/gm;
    dash.lastIndex = this.#read;
    const match = dash.exec(this.#source);
    // The first item's dash is where the sequence begins.
    item.start =
      this.#source[this.#read] === "-" ? this.#read : match ? match.index + match[0].length - 1 : -1;
    this.#read = Math.max(this.#read, item.start + 1);
  }
}

const kindOf = (event: Event): "sequence" | "mapping" =>
  event.type === EVENT_ID.SEQUENCE ? "sequence" : "mapping";

const made = (kind: YamlNode["kind"], start: number, text = ""): YamlNode => ({
  kind,
  start,
  text,
  items: [],
  entries: [],
});

const scalar = (event: ScalarEvent, source: string): YamlNode =>
  made("scalar", scalarStart(event, source), event.valueStart < 0 ? "" : getScalarValue(source, event));

/** The parser tells where the content begins; a reader sees the opening quote, and a block's first letter. */
function scalarStart({ valueStart, valueEnd, style }: ScalarEvent, source: string): number {
  if (valueStart < 0 || style === SCALAR_STYLE.PLAIN) return valueStart;
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) return valueStart - 1;
  return valueStart + Math.max(0, source.slice(valueStart, valueEnd).search(/\S/));
}

const pairs = (nodes: readonly YamlNode[]): YamlEntry[] =>
  nodes.flatMap((key, index) => {
    const value = nodes[index + 1];
    if (index % 2 === 1 || value === undefined) return [];
    const written = key.target ?? key;
    return [{ key: written.text, keyStart: key.start >= 0 ? key.start : value.start, value }];
  });
