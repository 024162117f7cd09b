import type { Event, Listener, Outcome } from "../activity/activity.ts";
import { failureText } from "./failure.ts";
import { printPainted } from "./print.ts";
import { type Entry, failureOf, machineOf, Recording } from "./recording.ts";
import { indent, noPaint, oneLine, type Paint, span } from "./text.ts";
import { counts } from "./tree-label.ts";

const second = 1000;

/** The longest time without a line while something runs: long enough to avoid a flood, short enough to show life. */
const silence = 15 * second;

/** A task without a change that took this long gets a line. */
const slow = 5 * second;

/** There are too many tasks, and checks of single machines, for these. */
const hasBeginning = ({ kind, parent }: Entry): boolean =>
  kind !== "task" && !(kind === "check" && parent?.kind === "check");

/** How the parts without their own line ended, or why the activity itself ended. */
function reasonsText(entry: Entry): string {
  const { sameAs, details } = entry;
  const first = sameAs && machineOf(sameAs);
  if (first !== undefined) return `: the same as on ${oneLine(first)}`;
  const parts = [counts(entry), ...details.map(oneLine)].filter((part) => part !== "");
  return parts.length > 0 ? `: ${parts.join("; ")}` : "";
}

const colours = {
  ok: "green",
  changed: "yellow",
  differs: "yellow",
  failed: "red",
  stopped: "yellow",
  skipped: "dim",
  unreachable: "red",
} as const satisfies { [outcome in Outcome]: string };

/** The last line printed for an activity, and the next one. */
interface Talk {
  lines: number;
  at: number;
  words: string;
  pending?: string;
}

/** Notes that differ only in their numbers report progress of the same thing. */
const wordsOf = (note: string): string => note.replace(/\d+/g, "0");

/**
 * How long an activity prints nothing after its `lines`-th note (before the first: after its start), in
 * milliseconds: longer and longer, so that there is no flood, and short notes are not printed at all.
 */
const pause = (lines: number, sameWords: boolean): number =>
  sameWords ? silence : Math.min(silence, second * 2 ** Math.max(0, lines - 1));

/**
 * The run as lines for people without a live terminal: time since the start, machine, title, what
 * happened. Takes events and clock ticks, returns lines; has no clock and no stream itself.
 */
export class PlainLog {
  readonly #recording = new Recording();
  readonly #talks = new Map<number, Talk>();
  readonly #running = new Set<Entry>();
  readonly #begun = new Set<Entry>();
  readonly #paint: Paint;
  #zero: number | undefined;
  #lastLine = 0;
  #widest = 4;

  constructor(paint: Paint = noPaint) {
    this.#paint = paint;
  }

  /** The lines for this event, without newlines. */
  add(event: Event): string[] {
    this.#zero ??= event.at;
    if (event.event === "warning") return [`${this.#time(event.at)}  ${oneLine(event.text)}`];
    const entry = this.#recording.add(event);
    if (!entry) return [];
    if (event.event === "start") return this.#started(entry, event.at);
    if (event.event === "expect") return [];
    if (event.event === "note") return this.#noted(entry, oneLine(event.text), event.at);
    return this.#ended(entry, event.at);
  }

  /** The lines that are due at `at` without an event: notes held back, and a sign of life. */
  tick(at: number): string[] {
    const due = [...this.#lasting(at), ...[...this.#running].flatMap((entry) => this.#overdue(entry, at))];
    if (due.length > 0 || at - this.#lastLine < silence) return due;
    const leaves = [...this.#running].filter(
      (entry) => !entry.children.some((child) => this.#running.has(child)),
    );
    return leaves.map((entry) => {
      const note = entry.notes.at(-1);
      return this.#line(
        entry,
        at,
        `still running, ${span(at - entry.start)}${note ? `: ${oneLine(note.text)}` : ""}`,
      );
    });
  }

  /** A line for the start of every short activity would be a flood: short ones have only their end. */
  #started(entry: Entry, at: number): string[] {
    this.#running.add(entry);
    this.#widest = Math.max(this.#widest, (machineOf(entry) ?? "").length);
    return entry.parent === undefined ? [this.#begins(entry, at)] : [];
  }

  #begins(entry: Entry, at: number): string {
    this.#begun.add(entry);
    return this.#line(entry, at, this.#paint("dim", "…"));
  }

  /** The starts of long activities. */
  #lasting(at: number): string[] {
    return [...this.#running]
      .filter((entry) => hasBeginning(entry) && !this.#begun.has(entry) && at - entry.start >= second)
      .map((entry) => this.#begins(entry, at));
  }

  #noted(entry: Entry, note: string, at: number): string[] {
    if (entry.end !== undefined) return [];
    const talk = this.#talks.get(entry.id) ?? { lines: 0, at: entry.start, words: "" };
    this.#talks.set(entry.id, talk);
    talk.pending = note;
    return this.#overdue(entry, at);
  }

  #overdue(entry: Entry, at: number): string[] {
    const talk = this.#talks.get(entry.id);
    if (talk?.pending === undefined) return [];
    const words = wordsOf(talk.pending);
    if (at - talk.at < pause(talk.lines, words === talk.words)) return [];
    const line = this.#line(entry, at, talk.pending);
    this.#talks.set(entry.id, { lines: talk.lines + 1, at, words });
    return [line];
  }

  #ended(entry: Entry, at: number): string[] {
    this.#running.delete(entry);
    if (!this.#isWorthALine(entry, at)) return [];
    const outcome = entry.outcome ?? "ok";
    const line = this.#line(
      entry,
      at,
      `${this.#paint(colours[outcome], outcome)}  ${span(at - entry.start)}${reasonsText(entry)}`,
    );
    const error = entry.sameAs ? undefined : failureOf(entry);
    return error ? [line, ...indent(failureText(error, this.#paint), "          ").split("\n")] : [line];
  }

  /** A play counts the tasks without a line: those without a change, and those that ended for the same reason on their machine. */
  #isWorthALine(entry: Entry, at: number): boolean {
    const { kind, outcome, sameAs, isNewThere, start } = entry;
    if (sameAs) return isNewThere;
    if ((kind !== "task" && kind !== "check") || outcome !== "ok") return true;
    return at - start >= slow || this.#talks.get(entry.id)?.lines !== undefined;
  }

  #time(at: number): string {
    return this.#paint("dim", span(at - (this.#zero ?? at)).padStart(8));
  }

  #line(entry: Entry, at: number, text: string): string {
    this.#lastLine = at;
    const machine = oneLine(machineOf(entry) ?? "").padEnd(this.#widest);
    return `${this.#time(at)}  ${machine}  ${oneLine(entry.title)}  ${text}`;
  }
}

/** Writes a plain log to `stream`, with a clock that shows life; the clock stops at the end of the run. */
export function plainLog(stream: { write(text: string): unknown }, paint?: Paint): Listener {
  const log = new PlainLog(paint);
  const print = (lines: string[]) => {
    if (lines.length > 0) printPainted(`${lines.join("\n")}\n`, stream);
  };
  let clock: NodeJS.Timeout | undefined;
  let root: number | undefined;
  return (event) => {
    if (event.event === "start" && event.parent === null) {
      root = event.id;
      clock = setInterval(() => print(log.tick(Date.now())), second).unref();
    }
    print(log.add(event));
    if (event.event === "end" && event.id === root) clearInterval(clock);
  };
}
