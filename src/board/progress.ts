import type { Work } from "../class/work.ts";
import type { Progress } from "./view.ts";

/** So many failed checks without progress mean that a student is stuck. */
const failures = 3;
/** So do so many milliseconds without progress. */
const idle = 10 * 60_000;

/**
 * How a student's work on an exercise stands. A check with more goals right than any before it since the start is progress; the start is
 * too. A student is stuck after 3 failed checks without progress, or 10 minutes without it.
 */
export function progressOf({ grade, state }: Work, now: Date): Progress {
  if (grade.state === "passed") return "passed";
  if (state?.started === undefined) return "not started";
  let best = 0;
  let last = Date.parse(state.started);
  let failed = 0;
  for (const { at, passed, right = 0 } of state.checks) {
    if (right > best) {
      best = right;
      last = Date.parse(at);
      failed = 0;
    } else if (!passed) failed += 1;
  }
  return failed >= failures || now.getTime() - last >= idle ? "stuck" : "working";
}
