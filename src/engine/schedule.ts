import { type Graph, type HostPlay, hostPlaysInOrder, predecessors } from "./graph.ts";

/** How a stage ended. `changed` is also true if a stage that it waited for changed something. */
export interface StageEnd {
  changed: boolean;
  /** How many of its tasks were applied. */
  applied: number;
  failure?: unknown;
}

/**
 * Starts every stage once, as soon as all have ended that must have ended before it, so that machines work side by side.
 * `start` gets how those ended, and does not reject: a failure is a way to end.
 */
export function schedule(
  graph: Graph,
  start: (hostPlay: HostPlay, before: readonly StageEnd[]) => Promise<StageEnd>,
): Promise<StageEnd[]> {
  const ends = new Map<HostPlay, Promise<StageEnd>>();
  for (const hostPlay of hostPlaysInOrder(graph)) {
    const before = predecessors(graph, hostPlay).flatMap((one) => ends.get(one) ?? []);
    ends.set(
      hostPlay,
      Promise.all(before).then((ended) => start(hostPlay, ended)),
    );
  }
  return Promise.all(ends.values());
}
