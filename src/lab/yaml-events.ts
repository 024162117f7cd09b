import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import type { YamlEntry, YamlNode } from "./yaml-tree.ts";

/** Builds one tree for each document from the parser's events, which come depth first. */
export function treesOf(events: readonly Event[], source: string): YamlNode[] {
  const anchors = new Map<string, YamlNode>();
  const open = new Set<YamlNode>();
  let next = 0;

  const node = (): YamlNode | undefined => {
    const event = events[next++];
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      return undefined;
    if (event.type === EVENT_ID.ALIAS)
      return alias(source.slice(event.anchorStart, event.anchorEnd), event.anchorStart - 1);
    const made =
      event.type === EVENT_ID.SCALAR
        ? scalar(event, source)
        : { ...empty, items: [], entries: [], start: event.start };
    // The anchor is known before the content is, as in YAML itself: an alias inside of it has no end.
    if (event.anchorStart >= 0) anchors.set(source.slice(event.anchorStart, event.anchorEnd), made);
    open.add(made);
    if (event.type === EVENT_ID.SEQUENCE) made.items.push(...children());
    if (event.type === EVENT_ID.MAPPING) made.entries.push(...pairs(children()));
    if (event.type !== EVENT_ID.SCALAR) made.kind = event.type === EVENT_ID.SEQUENCE ? "sequence" : "mapping";
    open.delete(made);
    return made;
  };

  const alias = (name: string, start: number): YamlNode => {
    const target = anchors.get(name);
    const made: YamlNode = { ...empty, kind: "alias", items: [], entries: [], start };
    return target === undefined || open.has(target) ? made : { ...made, target };
  };

  const children = (): YamlNode[] => {
    const found: YamlNode[] = [];
    for (let child = node(); child !== undefined; child = node()) found.push(child);
    return found;
  };

  const trees: YamlNode[] = [];
  while (next < events.length) {
    if (events[next++]?.type !== EVENT_ID.DOCUMENT) continue;
    anchors.clear();
    const [root] = children();
    trees.push(root ?? { ...empty, items: [], entries: [] });
  }
  return trees;
}

const empty = { kind: "scalar", start: -1, text: "", plain: true } as const;

function scalar(event: ScalarEvent, source: string): YamlNode {
  const plain = event.style === SCALAR_STYLE.PLAIN;
  const text = event.valueStart < 0 ? "" : getScalarValue(source, event);
  return { kind: "scalar", start: scalarStart(event, source), text, plain, items: [], entries: [] };
}

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
