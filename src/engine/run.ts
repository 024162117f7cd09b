import type { Activity, Ending } from "../activity/activity.ts";
import { type Graph, type Stage, tasksOf } from "./graph.ts";
import { lookAtAll, type World } from "./look.ts";
import { isTodo } from "./observation.ts";
import { type StageEnd, schedule } from "./schedule.ts";
import { runStage } from "./stage.ts";
import { siteOf } from "./task.ts";

export interface Run {
  graph: Graph;
  world: World;
  activity: Activity;
  /** Stops the run at the next boundary between tasks. */
  signal: AbortSignal;
}

/**
 * Makes every check of the graph true: one look at everything, then check → apply → check again, machine beside
 * machine. A failure stops its own machine and what waits for it; all others go on to their end.
 * Returns the number of tasks that were applied; throws the first failure.
 */
export async function run({ graph, world, activity, signal }: Run): Promise<number> {
  const tasks = tasksOf(graph);
  const seen = await lookAtAll(tasks, world, { signal, activity });
  // A failure here is not lost: `apply` asks for the same thing and meets the same error.
  for (const task of tasks)
    if (isTodo(seen.get(task)))
      task.step.prepare?.(siteOf(task, { world, signal, note: activity.note })).catch(() => {});

  const ends = await schedule(graph, (stage, before) =>
    activity
      .child("play", stage.play.name, (child, finish) => startStage(stage, before, child, finish), {
        machine: stage.machine.name,
      })
      .catch((failure: unknown): StageEnd => ({ changed: true, applied: 0, failure })),
  );
  const failed = ends.find((one) => one.failure !== undefined);
  if (failed) throw failed.failure;
  return ends.reduce((sum, { applied }) => sum + applied, 0);

  async function startStage(
    stage: Stage,
    before: readonly StageEnd[],
    child: Activity,
    finish: (ending: Ending) => void,
  ): Promise<StageEnd> {
    const changed = before.some((one) => one.changed);
    const broken = before.find((one) => one.failure !== undefined);
    if (broken) {
      finish({ outcome: "skipped", details: ["something that it waits for failed"] });
      return { changed, applied: 0, failure: broken.failure };
    }
    // What was seen before a change holds no longer.
    const known = changed ? new Map() : seen;
    const performed = await runStage(stage, { world, signal, activity: child, seen: known });
    return {
      changed: changed || performed.some((one) => one.changed),
      applied: performed.filter((one) => one.applied).length,
    };
  }
}
