import type { Graph, Task } from "./graph.ts";

/** The tasks of a graph that `isIn` names, in the graph's order; plays without one are left out. */
export function partOf({ plays, playsByHost }: Graph, isIn: (task: Task) => boolean): Graph {
  const parts = [...playsByHost].map(([machine, hostPlays]) => {
    const kept = hostPlays.map((one) => ({ ...one, tasks: one.tasks.filter(isIn) }));
    return [machine, kept.filter(({ tasks }) => tasks.length > 0)] as const;
  });
  return { plays, playsByHost: new Map(parts.filter(([, hostPlays]) => hostPlays.length > 0)) };
}
