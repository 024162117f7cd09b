import { type Graph, predecessors, type Stage, stagesInOrder } from "./graph.ts";

/** How a stage ended. `changed` is also true where anything that it waited for changed something. */
export interface StageEnd {
  changed: boolean;
  /** How many of its tasks were applied. */
  applied: number;
  failure?: unknown;
}

/**
 * Starts every stage once, as soon as all have ended that must have ended before it, so that machines work side by side.
 * `start` is told how those ended, and does not reject: a failure is a way to end.
 */
export function schedule(
  graph: Graph,
  start: (stage: Stage, before: readonly StageEnd[]) => Promise<StageEnd>,
): Promise<StageEnd[]> {
  const ends = new Map<Stage, Promise<StageEnd>>();
  for (const stage of stagesInOrder(graph)) {
    const before = predecessors(graph, stage).flatMap((one) => ends.get(one) ?? []);
    ends.set(
      stage,
      Promise.all(before).then((ended) => start(stage, ended)),
    );
  }
  return Promise.all(ends.values());
}
