import type { Class } from "../../class/class-file.ts";
import { clock, extendedBy, phaseAt } from "../../class/times.ts";
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

/**
 * That what is checked now does not count, in a line; empty if it does. `extended` is what one student was given, in seconds; `except` are
 * students who have been given more time.
 */
export function closedWords(
  { times }: Class,
  exercise: string,
  now: Date,
  { extended = 0, except = [] }: { extended?: number; except?: readonly string[] } = {},
): string {
  const { closes } = extendedBy(times?.get(exercise) ?? {}, extended);
  if (!closes || phaseAt({ closes }, now) !== "closed") return "";
  const but = except.length > 0 ? `, except for ${except.join(", ")}` : "";
  return `${exercise} closed at ${clock(closes)}: what is checked now does not count${but}.\n`;
}
