import type { ActivityKind, Event, Expectation, FailureShape, Outcome } from "../activity/activity.ts";
import { reasonOf } from "./reason.ts";

/** An activity as its events have described it so far. Times are milliseconds since the epoch. */
export interface Entry {
  id: number;
  parent: Entry | undefined;
  children: Entry[];
  kind: ActivityKind;
  title: string;
  machine: string | undefined;
  start: number;
  /** Absent while it runs. */
  end: number | undefined;
  outcome: Outcome | undefined;
  details: string[];
  error: FailureShape | undefined;
  notes: { text: string; at: number }[];
  expected: Expectation | undefined;
  /** An earlier activity that ended for the same reason, which need not be shown again. */
  sameAs: Entry | undefined;
  /** Whether that reason is news on this machine. */
  isNewThere: boolean;
  /** Other machines on which something ended for the same reason. */
  also: string[];
}

/** All events so far, as a tree. */
export class Recording {
  readonly entries: Map<number, Entry> = new Map();
  /** Every activity whose parent is unknown: for a whole stream, the run alone. */
  readonly roots: Entry[] = [];
  readonly #reasons = new Map<string, Entry>();
  /** The time of the last event: activities without an end have lasted until then. */
  last = 0;

  /** Adds the next event and returns its activity; undefined for one that never started. */
  add(event: Event): Entry | undefined {
    this.last = event.at;
    if (event.event === "warning") return undefined;
    if (event.event === "start") return this.#open(event);
    const entry = this.entries.get(event.id);
    if (!entry) return undefined;
    if (event.event === "note") {
      entry.notes.push({ text: event.text, at: event.at });
      return entry;
    }
    if (event.event === "expect") {
      entry.expected = event;
      return entry;
    }
    entry.end = event.at;
    entry.outcome = event.outcome;
    entry.details = event.details;
    entry.error = event.error;
    this.#compare(entry);
    return entry;
  }

  #compare(entry: Entry): void {
    const machine = machineOf(entry);
    const reason = reasonOf(entry, failureOf(entry), machine);
    if (reason === undefined) return;
    const first = this.#reasons.get(reason);
    if (!first) {
      this.#reasons.set(reason, entry);
      return;
    }
    entry.sameAs = first;
    if (machine === undefined || machine === machineOf(first) || first.also.includes(machine)) return;
    entry.isNewThere = true;
    first.also.push(machine);
  }

  #open({ id, parent, kind, title, machine, at }: Event & { event: "start" }): Entry {
    const above = parent === null ? undefined : this.entries.get(parent);
    const entry: Entry = {
      ...{ id, parent: above, children: [], kind, title, machine, start: at },
      ...{ end: undefined, outcome: undefined, details: [], error: undefined, notes: [] },
      ...{ expected: undefined, sameAs: undefined, isNewThere: false, also: [] },
    };
    (above?.children ?? this.roots).push(entry);
    this.entries.set(id, entry);
    return entry;
  }
}

/** The whole stream at once. */
export function recordingOf(events: Iterable<Event>): Recording {
  const record = new Recording();
  for (const event of events) record.add(event);
  return record;
}

/** The entries below and with `entry`, in the order of their starts within each parent. */
export const withDescendants = (entry: Entry): Entry[] => [entry, ...entry.children.flatMap(withDescendants)];

/** The error of the activity itself: an error from a child belongs to the child. */
export function ownError(entry: Entry): FailureShape | undefined {
  const { error } = entry;
  const inherited = withDescendants(entry).some(
    (other) =>
      other !== entry && other.error?.code === error?.code && other.error?.message === error?.message,
  );
  return inherited ? undefined : error;
}

/** The failure that readers show for an activity: none for an interruption, which the command's last lines report. */
export const failureOf = (entry: Entry): FailureShape | undefined =>
  entry.outcome === "stopped" ? undefined : ownError(entry);

/** The machine of the activity, or of the nearest one above that has one. */
export const machineOf = (entry: Entry): string | undefined =>
  entry.machine ?? (entry.parent && machineOf(entry.parent));

/** The title of the play that the activity is part of. */
export function playOf(entry: Entry): string | undefined {
  return entry.kind === "play" ? entry.title : entry.parent && playOf(entry.parent);
}
