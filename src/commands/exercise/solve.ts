import { changeState, resetMeanwhile, startedState } from "../../exercises/state.ts";
import { solve as solveExercise } from "../../exercises/work.ts";
import type { LabOptions } from "../../session/session.ts";
import { openExercise, say, typed, withExerciseContext } from "./shared.ts";

/** Does the student's work. From then on the exercise gives no points, until it is started again. */
export async function solve(name: string, options: LabOptions): Promise<void> {
  const { session, exercise } = await openExercise(name, options);
  const { name: lab } = session.lab;
  await startedState(lab, name);
  await withExerciseContext(`exercise solve ${name}`, session, options, async (context) => {
    const known = await startedState(lab, name);
    // Recorded before anything is done: a check that runs at the same time must not count.
    const solved = new Date().toISOString();
    const state = await changeState(
      lab,
      known,
      (now) => ({ ...now, solved }),
      () => ({ what: "solved", at: solved }),
    );
    if (!state) throw resetMeanwhile(name);
    await solveExercise(exercise, context);
  });
  if (exercise.solution !== undefined)
    say(
      options,
      `The commands for that, and why they work: ${typed(options, `exercise solution ${name}`)}\n`,
    );
  say(
    options,
    `Solved. See with ${typed(options, `exercise check ${name}`)}, begin again after ${typed(options, `exercise reset ${name}`)}.\n`,
  );
}
