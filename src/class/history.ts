import { type HistoryEntry, historySchema, readHistories } from "../exercises/history.ts";
import { improvementsOf, type Result } from "../exercises/results.ts";
import type { State } from "../exercises/state.ts";
import { keptLabs } from "./kept-labs.ts";

const labHistories = keptLabs(".history.json", historySchema, readHistories);

/** Keeps the histories of a lab that is going to be removed. The caller holds the lab's lock. */
export const keepHistories = labHistories.keep;

/** A student's histories of each exercise, one for each lab: for the one that there is, and for those before it. */
export const historiesOf = labHistories.all;

/** By how many seconds the instructor has extended the student's time in all, over all starts and labs. */
export const extensionOf = (history: readonly HistoryEntry[] = []): number =>
  history.reduce((sum, entry) => sum + (entry.what === "extended" ? entry.seconds : 0), 0);

/**
 * All that is known of the work on one exercise, the oldest first: what was noted, which is bounded, with the results and the state of
 * the present start, which an older labwright wrote alone.
 */
export function wholeHistory(
  noted: readonly HistoryEntry[],
  results: readonly Result[],
  state?: Pick<State, "started" | "solved">,
): HistoryEntry[] {
  const known = new Set(noted.map(({ what, at }) => `${what} ${at}`));
  const others: HistoryEntry[] = [
    ...(state?.started === undefined ? [] : [{ what: "started" as const, at: state.started }]),
    ...(state?.solved === undefined ? [] : [{ what: "solved" as const, at: state.solved }]),
    ...results.flatMap(improvementsOf).map((attempt) => ({ what: "check" as const, ...attempt })),
  ];
  return [...noted, ...others.filter(({ what, at }) => !known.has(`${what} ${at}`))].sort((one, other) =>
    one.at.localeCompare(other.at),
  );
}
