import type { State } from "./state.ts";

/**
 * Hints are unlocked one after another: the first from the start, each further one by a check that fails after the one
 * before it was taken.
 */
export function nextHint(
  of: number,
  { hints, checks }: Pick<State, "hints" | "checks">,
): "unlocked" | "locked" | "none" {
  if (hints >= of) return "none";
  return hints === 0 || checks.some((check) => !check.passed && check.hints === hints)
    ? "unlocked"
    : "locked";
}
