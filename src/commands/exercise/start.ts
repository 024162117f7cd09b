import { exitCode, LabwrightError } from "../../errors.ts";
import { readState } from "../../exercises/state.ts";
import { start as startExercise } from "../../exercises/work.ts";
import type { LabOptions } from "../../session/session.ts";
import { span } from "../../ui/text.ts";
import { openExercise, printMarkdown, say, typed, withExerciseContext } from "./shared.ts";

/** Sets up an exercise, and shows its task. */
export async function start(name: string, options: LabOptions): Promise<void> {
  const { session, exercise } = await openExercise(name, options);
  const assertNotStarted = async () => {
    const known = await readState(session.lab.name, name);
    if (known?.started !== undefined) throw alreadyStarted(name, options);
  };
  await assertNotStarted();
  await withExerciseContext(`exercise start ${name}`, session, options, async (context) => {
    // Checked again: another command may have started it before this one held the lab's lock.
    await assertNotStarted();
    await startExercise(exercise, context);
  });
  const limit = exercise.timeLimit === undefined ? "" : `, within ${span(exercise.timeLimit * 1000)}`;
  if (!options.json) printMarkdown(exercise.task);
  say(
    options,
    `${exercise.points} points${limit}. When you are done: ${typed(options, `exercise check ${name}`)}\n`,
  );
}

const alreadyStarted = (name: string, options: LabOptions): LabwrightError =>
  new LabwrightError({
    code: "exercise-started",
    message: `${name} is started already`,
    remedy: `Go on with ${typed(options, `exercise check ${name}`)}, or start again after ${typed(options, `exercise reset ${name}`)}.`,
    exit: exitCode.usage,
  });
