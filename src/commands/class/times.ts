import type { Class } from "../../class/class-file.ts";
import { clock, phaseAt } from "../../class/times.ts";
import { exitCode, LabwrightError } from "../../errors.ts";

/** Throws `exercise-not-open` (exit code 2) before the time at which the class file opens an exercise. */
export function assertOpen(
  { times }: Class,
  exercise: string,
  now: Date,
  remedy = "Wait until then, or start it now with --early.",
): void {
  const { opens } = times?.get(exercise) ?? {};
  if (!opens || phaseAt({ opens }, now) !== "not open") return;
  throw new LabwrightError({
    code: "exercise-not-open",
    message: `${exercise} opens at ${clock(opens)}`,
    remedy,
    exit: exitCode.usage,
  });
}

/** That what is checked now does not count, in a line; empty if it does. */
export function closedWords({ times }: Class, exercise: string, now: Date): string {
  const { closes } = times?.get(exercise) ?? {};
  if (!closes || phaseAt({ closes }, now) !== "closed") return "";
  return `${exercise} closed at ${clock(closes)}: what is checked now does not count.\n`;
}
