import type { ActivityKind, Event } from "../activity/activity.ts";
import { count } from "../wording.ts";
import { type Entry, machineOf, ownError, recordingOf, withDescendants } from "./recording.ts";
import { oneLine } from "./text.ts";

/** What a run had done when it was interrupted, what was stopped in the middle, and which removals are left: a command's last lines. */
export function interruptedText(events: Iterable<Event>): string {
  const all = recordingOf(events).roots.flatMap(withDescendants);
  const changed = all.filter(({ outcome }) => outcome === "changed");
  const machines = changed.filter(({ kind }) => kind === "machine").map(titleOf);
  const tasks = changed.filter(({ kind }) => kind === "task").length;
  const done = [...machines, ...(tasks > 0 ? [count(tasks, "task")] : [])];
  const cut = all.filter(isCut).map(titleOf);
  const left = all.filter(isLeft).map(titleOf);
  return [
    done.length > 0 ? `interrupted; done: ${done.join(", ")}` : "interrupted; nothing was changed",
    ...(cut.length > 0 ? [`stopped in the middle: ${cut.join(", ")}`] : []),
    ...(left.length > 0 ? [`not begun: ${left.join(", ")}`] : []),
  ].join("; ");
}

const isLeft = ({ kind, outcome }: Entry): boolean => kind === "machine" && outcome === "skipped";

const changesSomething: readonly ActivityKind[] = ["artifact", "machine", "task"];

/** An activity that was stopped between its parts was not stopped in the middle of one. */
const isCut = (entry: Entry): boolean =>
  changesSomething.includes(entry.kind) &&
  ownError(entry)?.code === "interrupted" &&
  !entry.children.some(isLeft);

function titleOf(entry: Entry): string {
  const machine = machineOf(entry);
  const title = oneLine(entry.title);
  return machine === undefined || title.includes(machine) ? title : `${title} on ${machine}`;
}
