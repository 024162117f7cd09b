import { exitCode, LabwrightError } from "../errors.ts";
import { changeState, resetMeanwhile, type State, startedState } from "./state.ts";

/** How many minutes a student's time can be extended by at once. */
export const mostMinutes = 600;

/**
 * Gives a student more time for a started exercise; returns its state afterwards. The time limit's extension ends with the start; the
 * exercise's history keeps it. Throws `exercise-not-started`, `extension-wrong` and `exercise-reset-meanwhile`.
 */
export async function extend(
  lab: string,
  name: string,
  minutes: number,
): Promise<State & { started: string }> {
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > mostMinutes) throw extensionWrong(minutes);
  const known = await startedState(lab, name);
  const seconds = minutes * 60;
  const state = await changeState(
    lab,
    known,
    (now) => ({ ...now, extended: (now.extended ?? 0) + seconds }),
    () => ({ what: "extended", at: new Date().toISOString(), seconds }),
  );
  if (!state) throw resetMeanwhile(name);
  return { ...state, started: known.started };
}

const extensionWrong = (minutes: number): LabwrightError =>
  new LabwrightError({
    code: "extension-wrong",
    message: `cannot extend a time by ${minutes} min`,
    remedy: `Use a whole number of minutes from 1 to ${mostMinutes}.`,
    exit: exitCode.usage,
  });
