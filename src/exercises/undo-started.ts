import type { ArtifactStore } from "../artifacts/lazy.ts";
import { localhost } from "../engine/graph.ts";
import { undo } from "../engine/undo.ts";
import { findExercise } from "./find.ts";
import { readStates } from "./state.ts";
import { type ExerciseContext, isOwn, playByPlay } from "./work.ts";

export interface UndoingStarted extends ExerciseContext {
  labFile: string;
  artifacts: ArtifactStore;
  /** Names of the machines on which it is undone. */
  on: ReadonlySet<string>;
  /** Machines on which an undo has failed. */
  stopped: Set<string>;
}

/**
 * Undoes what exercises that are still started made on machines that outlive the lab, the latest start first. Objects
 * in the cluster are deleted with it. Returns in words what was left because it is not the lab's.
 */
export async function undoStarted({
  labFile,
  artifacts,
  on,
  stopped,
  ...context
}: UndoingStarted): Promise<string[]> {
  const left: string[] = [];
  for (const state of (await readStates(context.inventory.lab.name)).reverse()) {
    const exercise = await findExercise(labFile, state.name, artifacts);
    for (const graph of playByPlay(exercise, context).reverse()) {
      const undone = await undo({
        ...{ ...context, graph, stopped },
        stays: (task) =>
          task.machine !== localhost &&
          on.has(task.machine.name) &&
          task.step.within !== "cluster" &&
          isOwn(state, task),
      });
      left.push(...undone);
    }
  }
  return left;
}
