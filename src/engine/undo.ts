import type { Activity } from "../activity/activity.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { type Graph, type Task, tasksOf } from "./graph.ts";
import type { Inventory } from "./observe.ts";
import { applyContextOf } from "./task.ts";

export interface Undoing {
  graph: Graph;
  inventory: Inventory;
  activity: Activity;
  signal: AbortSignal;
  /** Whether what the task made outlives this: a machine, or a cluster, that is taken away takes its changes with it. */
  stays(task: Task): boolean;
  /**
   * Names of machines on which an undo has failed: nothing more is undone there. Give the same set to undo several graphs
   * one after the other.
   */
  stopped?: Set<string>;
}

/**
 * Undoes in reverse order, and returns in words what was left in place because it is not the lab's. If one undo fails, what
 * comes before its task on the same machine is not undone, because another attempt may need it: the programs, backups and
 * notes that it works with. Other machines go on. The first failure is thrown.
 */
export async function undo({
  graph,
  inventory,
  activity,
  signal,
  stays,
  stopped = new Set(),
}: Undoing): Promise<string[]> {
  const failures: unknown[] = [];
  const left: string[] = [];
  const tasks = tasksOf(graph).filter((task) => task.step.undo && stays(task));
  for (const task of tasks.reverse()) {
    if (stopped.has(task.machine.name)) continue;
    assertNotInterrupted(signal);
    await undoTask(task).catch((failure: unknown) => {
      stopped.add(task.machine.name);
      failures.push(failure);
    });
  }
  if (failures.length > 0) throw failures[0];
  return left;

  async function undoTask(task: Task): Promise<void> {
    const { name } = task.machine;
    await activity.child(
      "task",
      `undo ${task.title}`,
      async (child, end) => {
        const leave = (text: string): void => {
          left.push(`${name}: ${text}`);
          child.note(`left in place: ${text}`);
        };
        const context = { ...applyContextOf(task, { inventory, signal, note: child.note }), leave };
        await task.step.undo?.(await inventory.host(name), context);
        end({ outcome: "changed" });
      },
      { machine: name },
    );
  }
}
