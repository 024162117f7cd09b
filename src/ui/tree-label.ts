import type { Outcome } from "../activity/activity.ts";
import { inWords, listed } from "../wording.ts";
import { failureText } from "./failure.ts";
import { type Entry, failureOf, machineOf, withDescendants } from "./recording.ts";
import { oneLine, type Paint, span } from "./text.ts";
import { painted } from "./visible.ts";

/** Below this, an elapsed time is only noise, in milliseconds. */
const worthTelling = 1000;

const wellEnded: readonly (Outcome | undefined)[] = ["ok", "changed", "skipped"];

/** Whether everything in the activity has ended well, so that one line can represent it. */
export const isWell = (entry: Entry): boolean =>
  withDescendants(entry).every(({ outcome }) => wellEnded.includes(outcome));

/**
 * Whether an activity needs no separate line. Children that ended well, or for a reason that another line gives, are
 * counted in their parent's line; children of the run keep their lines, except checks.
 */
export const isCounted = (entry: Entry): boolean => {
  if (entry.parent === undefined) return false;
  if (isRepeated(entry)) return true;
  return (entry.parent.parent !== undefined || entry.kind === "check") && isWell(entry);
};

const isRepeated = ({ sameAs, children }: Entry): boolean => sameAs !== undefined && children.length === 0;

const order: readonly Outcome[] = ["ok", "changed", "skipped", "differs", "failed", "unreachable"];

/** `12 ok, 2 changed`: how the children without their own line ended. */
export function counts(entry: Entry): string {
  const ended = entry.children
    .filter((child) => child.kind !== "check" && isCounted(child))
    .map(({ outcome }) => outcome);
  return order
    .map((outcome) => ({ outcome, times: ended.filter((other) => other === outcome).length }))
    .filter(({ times }) => times > 0)
    .map(({ outcome, times }) => `${times} ${outcome}`)
    .join(", ");
}

/** `3 of 15`: how many of the children that were announced have ended. */
function progress({ expected, children, end }: Entry): string {
  if (!expected || end !== undefined) return "";
  const started = children.filter(({ kind }) => kind === expected.kind);
  const done = started.filter((child) => child.end !== undefined).length;
  return `${done} of ${Math.max(expected.count, started.length)}`;
}

/**
 * How much longer it takes if it takes as long as the last time. Empty once that has passed, or if something is
 * downloaded or compiled, which happens the first time only and has its own estimate.
 */
function timeLeft(entry: Entry, now: number): string {
  const { expected, start, end } = entry;
  const left = start + (expected?.seconds ?? 0) * 1000 - now;
  if (end !== undefined || left <= 0) return "";
  const isComparable = withDescendants(entry).every(({ kind }) => kind !== "artifact");
  return isComparable ? `${inWords(left)} left` : "";
}

export interface Look {
  /** Milliseconds since the epoch: a running activity's time ends here. */
  now: number;
  /** The maximum width of a running activity's line. */
  columns: number;
  paint: Paint;
}

/**
 * An activity's line: machine, title, how its children ended, time, the last note while it runs;
 * below that the differences, or the failure with remedy and output. More than one line only after the end.
 */
export const label = (entry: Entry, look: Look): string => painted(labelOf(entry, look));

function labelOf(entry: Entry, { now, columns, paint }: Look): string {
  const machine = machineOf(entry);
  const isNews = machine !== undefined && machine !== (entry.parent && machineOf(entry.parent));
  const counted = counts(entry);
  const isPlain = entry.outcome === undefined || entry.outcome === "ok" || counted !== "";
  const elapsed = (entry.end ?? now) - entry.start;
  const far = progress(entry);
  const left = timeLeft(entry, now);
  const words = [
    ...(isNews ? [paint("bold", oneLine(machine))] : []),
    oneLine(entry.title),
    ...(far ? [far] : []),
    ...(counted ? [counted] : []),
    ...(isPlain ? [] : [entry.outcome ?? ""]),
    ...(elapsed >= worthTelling ? [paint("dim", span(elapsed))] : []),
    ...(left ? [paint("dim", left)] : []),
  ].join("  ");
  if (entry.end === undefined) return words + note(entry, columns - visibleLength(words), paint);
  const error = failureOf(entry);
  const also = alsoText(entry);
  if (error) return [words, failureText(error, paint), ...also].join("\n");
  const isShown = entry.outcome === "differs" || entry.outcome === "unreachable";
  const details = isShown ? entry.details.map((detail) => paint("yellow", oneLine(detail))) : [];
  return [words, ...details, ...also].join("\n");
}

/** The machines on which the same happened, in one line or none. */
const alsoText = ({ also }: Entry): string[] =>
  also.length > 0 ? [`the same on ${oneLine(listed(also))}`] : [];

function note(entry: Entry, room: number, paint: Paint): string {
  const last = entry.notes.at(-1);
  if (!last) return "";
  const text = `  ${oneLine(last.text)}`;
  return paint("dim", text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`);
}

const visibleLength = (text: string): number => oneLine(text).length;
