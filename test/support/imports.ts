/** Which files each file imports, by path. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * The same between folders that stand side by side: `a/b/c.ts` importing `a/d/e.ts` is an arrow from `a/b` to `a/d`. A
 * file beside a folder is not a folder, and has no arrow.
 */
export function foldersOf(imports: Imports): Imports {
  const arrows = new Map<string, Set<string>>();
  for (const [file, imported] of imports)
    for (const other of imported) {
      const [from, to] = [file.split("/"), other.split("/")];
      const apart = from.findIndex((part, index) => part !== to[index]);
      if (apart === from.length - 1 || apart === to.length - 1) continue;
      const name = from.slice(0, apart + 1).join("/");
      const targets = arrows.get(name) ?? new Set();
      arrows.set(name, targets.add(to.slice(0, apart + 1).join("/")));
    }
  return new Map([...arrows].map(([name, targets]) => [name, [...targets]]));
}

/** The shortest circle through each place that is in one, each circle once. */
export function circles(arrows: Imports): string[] {
  const found = [...arrows.keys()].flatMap((start) => shortestBack(start, arrows) ?? []);
  return [...new Set(found)];
}

/** The way from a place back to itself, as text that begins with the circle's first name. */
function shortestBack(start: string, arrows: Imports): string | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const place of queue)
    for (const next of arrows.get(place) ?? []) {
      if (next === start) return textOf([...wayTo(place, cameFrom)]);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, place);
      queue.push(next);
    }
  return undefined;
}

function* wayTo(place: string, cameFrom: ReadonlyMap<string, string>): Generator<string> {
  const before = cameFrom.get(place);
  if (before !== undefined) yield* wayTo(before, cameFrom);
  yield place;
}

function textOf(circle: readonly string[]): string {
  const first = circle.indexOf([...circle].sort()[0] ?? "");
  const turned = [...circle.slice(first), ...circle.slice(0, first)];
  return [...turned, turned[0]].join(" → ");
}
