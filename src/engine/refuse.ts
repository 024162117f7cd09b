import { type Graph, type Task, tasksOf } from "./graph.ts";
import type { Observation } from "./observation.ts";
import { checkContextOf, type Inventory, observe } from "./observe.ts";

/** Throws a step's refusal: something that was observed cannot become what the lab file says. */
export function assertPossible(seen: ReadonlyMap<Task, Observation>, inventory: Inventory): void {
  for (const [task, observation] of seen) {
    if (observation.kind !== "seen") continue;
    const refusal = task.step.refuse?.(observation.facts, checkContextOf(inventory, task));
    if (refusal) throw refusal;
  }
}

/** Asks the machines that can be asked, and throws a step's refusal, for work that comes before the run. */
export async function assertRunPossible(graph: Graph, inventory: Inventory): Promise<void> {
  const tasks = tasksOf(graph).filter(({ step }) => step.refuse);
  assertPossible(await observe(tasks, inventory), inventory);
}
