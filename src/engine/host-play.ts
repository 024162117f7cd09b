import type { Activity } from "../activity/activity.ts";
import { assertNotInterrupted } from "../interruption.ts";
import type { HostPlay, Task } from "./graph.ts";
import type { Observation } from "./observation.ts";
import { type Inventory, observe } from "./observe.ts";
import { type Performed, perform } from "./task.ts";

export interface HostPlayRun {
  inventory: Inventory;
  signal: AbortSignal;
  activity: Activity;
  /** The observations of the tasks before the run; they are invalid once something has changed. */
  seen: ReadonlyMap<Task, Observation>;
}

/**
 * A stage's tasks in order; answers what became of each. Where one change comes after the other, each look is at one task
 * alone; as long as none comes, a look takes in twice as many as the last one, so that round trips stay few.
 */
export async function runHostPlay(
  { tasks }: HostPlay,
  { inventory, signal, activity, seen }: HostPlayRun,
): Promise<Performed[]> {
  const performed: Performed[] = [];
  let observations = seen;
  let width = 1;
  for (const [index, task] of tasks.entries()) {
    assertNotInterrupted(signal);
    const one = await activity.child(
      "task",
      task.title,
      async (child, end) => {
        if (!observations.has(task)) {
          observations = await observe(tasks.slice(index, index + width), inventory);
          width *= 2;
        }
        const note = (text: string): void => child.note(text);
        const done = await perform(task, observations.get(task), { inventory, signal, note });
        end({
          outcome: done.applied ? "changed" : "ok",
          ...(done.changed && { details: done.details }),
        });
        return done;
      },
      { machine: task.machine.name },
    );
    performed.push(one);
    if (!one.changed) continue;
    observations = new Map();
    width = 1;
  }
  return performed;
}
