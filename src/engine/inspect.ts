import type { Activity, Ending } from "../activity/activity.ts";
import { type Graph, hostPlaysOf, type Task, tasksOf } from "./graph.ts";
import { isRight, type Observation } from "./observation.ts";
import { type Inventory, observeAll } from "./observe.ts";

export interface Inspection {
  graph: Graph;
  inventory: Inventory;
  activity: Activity;
}

/**
 * Checks everything and changes nothing: `plan` and `verify` are this with two ways of printing.
 * Returns the tasks whose check is not ok, with what was seen.
 */
export async function inspect({ graph, inventory, activity }: Inspection): Promise<Map<Task, Observation>> {
  const observations = await observeAll(tasksOf(graph), inventory, { signal: inventory.signal, activity });
  const wrong = new Map<Task, Observation>();
  for (const hostPlay of hostPlaysOf(graph)) {
    await activity.child(
      "play",
      hostPlay.play.name,
      async (play, endPlay) => {
        for (const task of hostPlay.tasks) {
          const observation = observations.get(task);
          const ending = endingOf(observation);
          if (observation && ending.outcome !== "ok") wrong.set(task, observation);
          await play.child("task", task.title, async (_, end) => end(ending), { machine: task.machine.name });
        }
        if (hostPlay.tasks.some((task) => wrong.has(task))) endPlay({ outcome: "differs" });
      },
      { machine: hostPlay.machine.name },
    );
  }
  return wrong;
}

function endingOf(observation: Observation | undefined): Ending {
  switch (observation?.kind) {
    case undefined:
      return { outcome: "skipped" };
    case "absent":
      return { outcome: "differs", details: [observation.why] };
    case "unreachable":
      return { outcome: "unreachable", details: [observation.error.message] };
    case "seen":
      return isRight(observation)
        ? { outcome: "ok" }
        : { outcome: "differs", details: [...observation.differences] };
  }
}
