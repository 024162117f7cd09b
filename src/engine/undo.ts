import type { ArtifactStore } from "../artifacts/lazy.ts";
import { assertNotInterrupted } from "../interruption.ts";
import type { Activity } from "./activity.ts";
import { type Graph, type Task, tasksOf } from "./graph.ts";
import { sceneOf, type World } from "./look.ts";

export interface Undoing {
  graph: Graph;
  world: World;
  artifacts: ArtifactStore;
  activity: Activity;
  signal: AbortSignal;
  /** Whether what the task made outlives this: a machine, or a cluster, that is taken away takes its changes with it. */
  stays(task: Task): boolean;
}

/** Undoes in reverse order. One that fails does not keep the others from being undone; the first failure is thrown. */
export async function undo({ graph, world, artifacts, activity, signal, stays }: Undoing): Promise<void> {
  const failures: unknown[] = [];
  const tasks = tasksOf(graph).filter((task) => task.step.undo && stays(task));
  for (const task of tasks.reverse()) {
    assertNotInterrupted(signal);
    await undoTask(task).catch((failure: unknown) => failures.push(failure));
  }
  if (failures.length > 0) throw failures[0];

  async function undoTask(task: Task): Promise<void> {
    await activity.child(
      "task",
      `undo ${task.title}`,
      async (child, end) => {
        const site = { ...sceneOf(world, task), artifacts, signal, on: world.host, note: child.note };
        await task.step.undo?.(await world.host(task.machine.name), site);
        end({ outcome: "changed" });
      },
      { machine: task.machine.name },
    );
  }
}
