import { startRun } from "../../activity/tree.ts";
import { noteBackgroundCheck } from "../../exercises/background.ts";
import { grade } from "../../exercises/grade.ts";
import { readState } from "../../exercises/state.ts";
import { isLabLocked } from "../../session/lab-lock.ts";
import { withMachines } from "./check.ts";
import type { OpenExercise } from "./shared.ts";

/**
 * Grades a started exercise in the background, as `noteBackgroundCheck` says. Does nothing unless all machines of the lab run and no
 * other run works on it. Once `signal` is given, nothing is noted any more.
 */
export async function checkInBackground(
  { session, exercise }: OpenExercise,
  signal: AbortSignal,
): Promise<void> {
  const { name: lab } = session.lab;
  const state = await readState(lab, exercise.name);
  if (state?.started === undefined) return;
  const isBusy = () => isLabLocked(session.lab);
  if (isBusy()) return;
  const until = AbortSignal.any([session.signal, signal]);
  await withMachines({ ...session, signal: until }, async (inventory) => {
    const up = inventory.found.filter(({ running, paused }) => running && !paused).map(({ name }) => name);
    if (!session.lab.machines.every(({ name }) => up.includes(name))) return;
    const graded = await startRun("background check", [], (activity) => grade(exercise, inventory, activity));
    if (!until.aborted && !isBusy()) await noteBackgroundCheck(lab, exercise, state, graded, new Date());
  });
}
