import type { Position } from "./problem.ts";

/** The keys and indices that lead to a value: `["machines", 2, "name"]`. */
export type Path = readonly (string | number)[];

/** A value as it stands in a YAML text. Offsets count UTF-16 code units from the start of the text. */
export interface YamlNode {
  kind: "scalar" | "sequence" | "mapping" | "alias";
  /** Where the value begins; -1 where nothing is written (`key:`). */
  start: number;
  /** A scalar's text as it is written, without quotes. */
  text: string;
  items: YamlNode[];
  entries: YamlEntry[];
  /** What an alias stands for; absent where it stands inside of what it names. */
  target?: YamlNode;
}

export interface YamlEntry {
  key: string;
  keyStart: number;
  value: YamlNode;
}

/** Where a value, or the key that names it, begins; the nearest thing around it where the path leads nowhere. */
export function offsetAt(root: YamlNode, path: Path, part: "key" | "value"): number {
  let node = root;
  let found = Math.max(root.start, 0);
  for (const [depth, step] of path.entries()) {
    const from = node.target ?? node;
    const entry = from.entries.findLast(({ key }) => key === String(step));
    const next = entry?.value ?? (typeof step === "number" ? from.items[step] : undefined);
    if (next === undefined) return found;
    const last = depth === path.length - 1;
    if (entry !== undefined) found = entry.keyStart;
    if (next.start >= 0 && !(last && part === "key" && entry !== undefined)) found = next.start;
    node = next;
  }
  return found;
}

/** The value that a path leads to, as it is written. */
export function nodeAt(root: YamlNode, path: Path): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const step of path) {
    const from: YamlNode | undefined = node?.target ?? node;
    node =
      from?.entries.findLast(({ key }) => key === String(step))?.value ??
      (typeof step === "number" ? from?.items[step] : undefined);
  }
  return node;
}

/** Every key that stands twice in one mapping, at its later place, with the offset of the earlier one. */
export function duplicateKeys(node: YamlNode): { key: string; start: number; first: number }[] {
  const seen = new Map<string, number>();
  const own = node.entries.flatMap(({ key, keyStart }) => {
    const first = seen.get(key);
    if (first !== undefined) return [{ key, start: keyStart, first }];
    seen.set(key, keyStart);
    return [];
  });
  return [...own, ...childrenOf(node).flatMap(duplicateKeys)];
}

const childrenOf = (node: YamlNode): YamlNode[] => [...node.items, ...node.entries.map(({ value }) => value)];

/** The first alias that stands inside of what it names, and so has no end. */
export function endlessAlias(node: YamlNode): YamlNode | undefined {
  if (node.kind === "alias") return node.target === undefined ? node : undefined;
  for (const child of childrenOf(node)) {
    const found = endlessAlias(child);
    if (found) return found;
  }
  return undefined;
}

/** How many values a text stands for, once each alias is replaced by what it names. */
export function expandedSize(root: YamlNode): number {
  const sizes = new Map<YamlNode, number>();
  const sizeOf = (node: YamlNode): number => {
    const known = sizes.get(node);
    if (known !== undefined) return known;
    const below = node.target ? [node.target] : childrenOf(node);
    const size = 1 + below.reduce((sum, child) => sum + sizeOf(child), 0);
    sizes.set(node, size);
    return size;
  };
  return sizeOf(root);
}

/** Turns an offset into line and column. */
export function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const breaks = before.match(/\r\n|\n|\r/g)?.length ?? 0;
  const lineStart = Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r")) + 1;
  return { line: breaks + 1, column: offset - lineStart + 1 };
}
