import type { Event } from "../engine/activity.ts";
import { type Entry, machineOf, ownError, recordingOf, withDescendants } from "./recording.ts";
import { count, oneLine } from "./text.ts";

/** What a run had done when it was interrupted, and what was stopped in the middle: for the last words of a command. */
export function interruptedText(events: Iterable<Event>): string {
  const all = recordingOf(events).roots.flatMap(withDescendants);
  const changed = all.filter(({ outcome }) => outcome === "changed");
  const machines = changed.filter(({ kind }) => kind === "machine").map(titleOf);
  const tasks = changed.filter(({ kind }) => kind === "task").length;
  const done = [...machines, ...(tasks > 0 ? [count(tasks, "task")] : [])];
  const cut = all.filter(isCut).map(titleOf);
  return [
    done.length > 0 ? `interrupted; done: ${done.join(", ")}` : "interrupted; nothing was changed",
    ...(cut.length > 0 ? [`stopped in the middle: ${cut.join(", ")}`] : []),
  ].join("; ");
}

const isCut = (entry: Entry): boolean =>
  entry.kind !== "play" && entry.kind !== "run" && ownError(entry)?.code === "interrupted";

function titleOf(entry: Entry): string {
  const machine = machineOf(entry);
  const title = oneLine(entry.title);
  return machine === undefined || title.includes(machine) ? title : `${title} on ${machine}`;
}
