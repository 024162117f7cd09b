import type { Work } from "../class/work.ts";
import type { Glance } from "../exercises/state.ts";
import type { Progress } from "./view.ts";

/** So many failed checks without progress mean that a student is stuck. */
const failures = 3;
/** So do so many milliseconds without progress. */
const idle = 10 * 60_000;

/**
 * How a student's work on an exercise stands. A check with more goals right than any before it since the start is progress; the start is
 * too. A student is stuck after 3 failed checks without progress, or 10 minutes without it. `glance` is the first background check with the
 * most goals right, if that is to count: it may be progress, and does not count as a failed check.
 */
export function progressOf({ grade, state }: Work, now: Date, glance?: Glance): Progress {
  if (grade.state === "passed") return "passed";
  if (state?.started === undefined) return "not started";
  let best = 0;
  let last = Date.parse(state.started);
  let failed = 0;
  const seen: { at: string; passed?: boolean; right?: number }[] = [
    ...state.checks,
    ...(glance ? [glance] : []),
  ].sort((one, other) => one.at.localeCompare(other.at));
  for (const { at, passed, right = 0 } of seen) {
    if (right > best) {
      best = right;
      last = Date.parse(at);
      failed = 0;
    } else if (passed === false) failed += 1;
  }
  return failed >= failures || now.getTime() - last >= idle ? "stuck" : "working";
}
