import type { Activity, Ending } from "../activity/activity.ts";
import { type Graph, stagesOf, type Task, tasksOf } from "./graph.ts";
import { lookAtAll, type Sight, type World } from "./look.ts";

export interface Inspection {
  graph: Graph;
  world: World;
  activity: Activity;
}

/**
 * Checks everything and changes nothing: `plan` and `verify` are this with two ways of printing.
 * Returns the tasks whose check is not ok, with what was seen.
 */
export async function inspect({ graph, world, activity }: Inspection): Promise<Map<Task, Sight>> {
  const sights = await lookAtAll(tasksOf(graph), world, { signal: world.signal, activity });
  const wrong = new Map<Task, Sight>();
  for (const stage of stagesOf(graph)) {
    await activity.child(
      "play",
      stage.play.name,
      async (play, endPlay) => {
        for (const task of stage.tasks) {
          const sight = sights.get(task);
          const ending = endingOf(sight);
          if (sight && ending.outcome !== "ok") wrong.set(task, sight);
          await play.child("task", task.title, async (_, end) => end(ending), { machine: task.machine.name });
        }
        if (stage.tasks.some((task) => wrong.has(task))) endPlay({ outcome: "differs" });
      },
      { machine: stage.machine.name },
    );
  }
  return wrong;
}

function endingOf(sight: Sight | undefined): Ending {
  if (sight === undefined) return { outcome: "skipped" };
  if ("absent" in sight) return { outcome: "differs", details: [sight.absent] };
  if ("unreachable" in sight) return { outcome: "unreachable", details: [sight.unreachable.message] };
  return sight.differences.length > 0
    ? { outcome: "differs", details: [...sight.differences] }
    : { outcome: "ok" };
}
