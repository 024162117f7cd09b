import type { Event, Outcome } from "../activity/activity.ts";
import { type Entry, machineOf, recordingOf, withDescendants } from "./recording.ts";
import { table } from "./summary.ts";
import { oneLine, span } from "./text.ts";

export interface TimelineOptions {
  /** The width of the whole chart in columns; default: 100. */
  columns?: number;
}

/** There may be a hundred tasks: only those that take at least this part of the whole are shown. */
const worthARow = 0.01;
const leastBar = 20;

const brokenOff: readonly (Outcome | undefined)[] = ["failed", "stopped"];

/**
 * Where the time of a run went: for each part its start, its duration, and a bar on the scale of the
 * whole; below it what it waited for. In the order of their starts, the total last. Ends with a newline.
 */
export function timeline(events: Iterable<Event>, { columns = 100 }: TimelineOptions = {}): string {
  const { roots, last } = recordingOf(events);
  const [run] = roots;
  if (!run) return "";
  const whole = (run.end ?? last) - run.start;
  const rows = withDescendants(run)
    .filter((entry) => entry !== run && isOfInterest(entry, whole, last))
    .sort((a, b) => a.start - b.start || a.id - b.id)
    .flatMap((entry) => rowsOf(entry, run.start, last));
  const texts = table(rows.map(({ cells }) => cells)).split("\n");
  const width = Math.max(0, ...texts.map((text) => text.length));
  const room = Math.max(leastBar, columns - width - 2);
  const lines = rows.map(({ from, to }, index) => {
    const bar = from === to ? "" : barOf(from / whole, to / whole, room);
    return `${(texts[index] ?? "").padEnd(width)}  ${bar}`.trimEnd();
  });
  return `${[...lines, `total ${span(whole)}`].join("\n")}\n`;
}

const durationOf = (entry: Entry, last: number): number => (entry.end ?? last) - entry.start;

function isOfInterest(entry: Entry, whole: number, last: number): boolean {
  const duration = durationOf(entry, last);
  return duration > 0 && (entry.kind !== "task" || duration >= whole * worthARow);
}

interface Row {
  cells: string[];
  /** Milliseconds since the start of the run; equal for a row without a bar. */
  from: number;
  to: number;
}

function rowsOf(entry: Entry, zero: number, last: number): Row[] {
  const from = entry.start - zero;
  const to = from + durationOf(entry, last);
  const title = `${entry.kind === "task" ? "  " : ""}${oneLine(entry.title)}${brokenOff.includes(entry.outcome) ? ` (${entry.outcome})` : ""}`;
  const cells = [`+${span(from)}`, span(to - from), oneLine(machineOf(entry) ?? ""), title];
  const waits = waitsOf(entry, last).map(({ text, time }) => ({
    cells: ["", "", "", `    ${oneLine(text)}, ${span(time)}`],
    from,
    to: from,
  }));
  return [{ cells, from, to }, ...waits];
}

/** The subject of a wait: `waiting for the node: not ready` and `waiting for the node: no CNI` are one wait. */
function waitsOf(entry: Entry, last: number): { text: string; time: number }[] {
  const times = new Map<string, number>();
  for (const [index, { text, at }] of entry.notes.entries()) {
    const [, reason] = /^(waiting for [^:]*)/i.exec(text) ?? [];
    const until = entry.notes[index + 1]?.at ?? entry.end ?? last;
    if (reason !== undefined) times.set(reason, (times.get(reason) ?? 0) + until - at);
  }
  return [...times].map(([text, time]) => ({ text, time })).filter(({ time }) => time > 0);
}

/** A bar from one part of the whole to another, at least one character long. */
function barOf(from: number, to: number, width: number): string {
  const start = Math.min(width - 1, Math.floor(from * width));
  const end = Math.max(start + 1, Math.round(to * width));
  return " ".repeat(start) + "█".repeat(end - start);
}
