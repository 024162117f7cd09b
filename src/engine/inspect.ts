import type { Activity, Ending } from "../activity/activity.ts";
import { type Graph, stagesOf, type Task, tasksOf } from "./graph.ts";
import { lookAtAll, type World } from "./look.ts";
import { isRight, type Observation } from "./observation.ts";

export interface Inspection {
  graph: Graph;
  world: World;
  activity: Activity;
}

/**
 * Checks everything and changes nothing: `plan` and `verify` are this with two ways of printing.
 * Returns the tasks whose check is not ok, with what was seen.
 */
export async function inspect({ graph, world, activity }: Inspection): Promise<Map<Task, Observation>> {
  const observations = await lookAtAll(tasksOf(graph), world, { signal: world.signal, activity });
  const wrong = new Map<Task, Observation>();
  for (const stage of stagesOf(graph)) {
    await activity.child(
      "play",
      stage.play.name,
      async (play, endPlay) => {
        for (const task of stage.tasks) {
          const observation = observations.get(task);
          const ending = endingOf(observation);
          if (observation && ending.outcome !== "ok") wrong.set(task, observation);
          await play.child("task", task.title, async (_, end) => end(ending), { machine: task.machine.name });
        }
        if (stage.tasks.some((task) => wrong.has(task))) endPlay({ outcome: "differs" });
      },
      { machine: stage.machine.name },
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
