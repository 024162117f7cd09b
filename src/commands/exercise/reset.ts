import { reset as resetExercise } from "../../exercises/reset.ts";
import { endStart, readState, withStates } from "../../exercises/state.ts";
import type { LabOptions } from "../../session/session.ts";
import { openExercise, say, withExerciseContext } from "./shared.ts";

export interface ResetOptions extends LabOptions {
  /** Accepts the lab as it is now, whatever the exercise left in it. */
  forget?: boolean;
}

/** Restores the lab's state from before the exercise's start; other started exercises are not changed. */
export async function reset(name: string, options: ResetOptions): Promise<void> {
  const { session, exercise } = await openExercise(name, options);
  const { name: lab } = session.lab;
  const nothing = `${name} is not started: there is nothing to reset.\n`;
  if (!(await readState(lab, name))) return say(options, nothing);
  if (options.forget) {
    await withStates(lab, () => endStart(lab, name));
    return say(options, `${name} is forgotten; the lab is unchanged.\n`);
  }
  const { result } = await withExerciseContext(
    `exercise reset ${name}`,
    session,
    options,
    async (context) => {
      // State that was read before this command held the lab's lock may be outdated.
      const state = await readState(lab, name);
      return state && resetExercise(exercise, state, context);
    },
  );
  if (!result) return say(options, nothing);
  const { leftToOthers, leftAlone } = result;
  say(options, `${name} is reset: everything that it has for itself is as it was before the start.\n`);
  if (leftToOthers.length > 0)
    say(options, `Left for exercises that are still started:\n${listed(leftToOthers)}`);
  if (leftAlone.length > 0)
    say(options, `Left alone, because it is not this exercise's:\n${listed(leftAlone)}`);
}

/** Limits the list: somebody may have installed a whole program. */
const most = 40;

const listed = (texts: readonly string[]): string =>
  [
    ...texts.slice(0, most).map((text) => `  ${text}\n`),
    ...(texts.length > most ? [`  and ${texts.length - most} more\n`] : []),
  ].join("");
