import { exitCode } from "../../errors.ts";
import { nextHint } from "../../exercises/hints.ts";
import { changeState, resetMeanwhile, type State, startedState } from "../../exercises/state.ts";
import { unlessInterrupted } from "../../interruption.ts";
import type { LabOptions } from "../../session/session.ts";
import { printJson } from "../../ui/print.ts";
import { type OpenExercise, openExercise, say, typed } from "./shared.ts";

/** Shows the hints taken so far and the next one, if it is unlocked; exits with 1 if it is not. */
export async function hint(name: string, options: LabOptions): Promise<void> {
  const opened = await openExercise(name, options);
  const { hints } = opened.exercise;
  const { next, state } = await takeHint(opened);
  const taken = state.hints;
  const given = hints.slice(0, taken);
  if (options.json) printJson({ exercise: name, hints: given, of: hints.length, next });
  for (const [index, text] of given.entries()) say(options, `${index + 1} of ${hints.length}: ${text}\n`);
  if (next === "locked") {
    say(
      options,
      `The next hint is unlocked by a check that fails: ${typed(options, `exercise check ${name}`)}\n`,
    );
    process.exitCode = exitCode.failed;
  }
  if (next === "none")
    say(options, hints.length === 0 ? "This exercise has no hints.\n" : "These are all.\n");
}

export interface TakenHint {
  /** Whether one more was taken; if not, why. */
  next: ReturnType<typeof nextHint>;
  /** The state afterwards. */
  state: State;
}

/** Takes the next hint, if it is unlocked. Throws `exercise-not-started`. */
export async function takeHint({ session, exercise }: OpenExercise): Promise<TakenHint> {
  const { name, hints } = exercise;
  const known = await startedState(session.lab.name, name);
  let next = nextHint(hints.length, known);
  const taking = changeState(
    session.lab.name,
    known,
    (state) => {
      next = nextHint(hints.length, state);
      return next === "unlocked" ? { ...state, hints: state.hints + 1 } : state;
    },
    ({ hints: hint }, before) =>
      hint > before.hints ? { what: "hint", at: new Date().toISOString(), hint } : undefined,
  );
  // It may have to wait for another command that changes states.
  const state = await unlessInterrupted(session.signal, taking);
  if (!state) throw resetMeanwhile(name);
  return { next, state };
}
