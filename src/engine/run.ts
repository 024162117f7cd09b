import type { Activity, Ending } from "../activity/activity.ts";
import { type Graph, type HostPlay, tasksOf } from "./graph.ts";
import { runHostPlay } from "./host-play.ts";
import { isTodo } from "./observation.ts";
import { type Inventory, observeAll } from "./observe.ts";
import { assertPossible } from "./refuse.ts";
import { type StageEnd, schedule } from "./schedule.ts";
import { applyContextOf } from "./task.ts";

export interface Run {
  graph: Graph;
  inventory: Inventory;
  activity: Activity;
  /** Stops the run at the next boundary between tasks. */
  signal: AbortSignal;
}

/**
 * Makes every check of the graph true: one look at everything, then check → apply → check again, machine beside
 * machine. A failure stops its own machine and what waits for it; all others go on to their end.
 * Returns the number of tasks that were applied; throws the first failure.
 */
export async function run({ graph, inventory, activity, signal }: Run): Promise<number> {
  const tasks = tasksOf(graph);
  const seen = await observeAll(tasks, inventory, { signal, activity });
  assertPossible(seen, inventory);
  // A failure here is not lost: `apply` asks for the same thing and meets the same error.
  for (const task of tasks)
    if (isTodo(seen.get(task)))
      task.step.prepare?.(applyContextOf(task, { inventory, signal, note: activity.note })).catch(() => {});

  const ends = await schedule(graph, (hostPlay, before) =>
    activity
      .child("play", hostPlay.play.name, (child, finish) => startStage(hostPlay, before, child, finish), {
        machine: hostPlay.machine.name,
      })
      .catch((failure: unknown): StageEnd => ({ changed: true, applied: 0, failure })),
  );
  const failed = ends.find((one) => one.failure !== undefined);
  if (failed) throw failed.failure;
  return ends.reduce((sum, { applied }) => sum + applied, 0);

  async function startStage(
    hostPlay: HostPlay,
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
    const performed = await runHostPlay(hostPlay, { inventory, signal, activity: child, seen: known });
    return {
      changed: changed || performed.some((one) => one.changed),
      applied: performed.filter((one) => one.applied).length,
    };
  }
}
