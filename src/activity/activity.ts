/**
 * Everything that takes time is an activity, and activities form a tree: a run has plays, a play has tasks,
 * an artifact has compilations. The live tree, the plain log, JSON lines, JUnit and the timeline are readers
 * of the one stream of events that the tree emits.
 */
export type ActivityKind = "run" | "artifact" | "check" | "machine" | "play" | "task";

/** How many children of one kind an activity will have. */
export interface Expectation {
  kind: ActivityKind;
  count: number;
  /** How long the whole took the last time for the same work; absent if unknown. */
  seconds?: number;
}

/** `differs`: a check found differences and nothing was applied (plan, verify); `stopped`: an interruption ended it. */
export type Outcome = "ok" | "changed" | "differs" | "failed" | "stopped" | "skipped" | "unreachable";

export interface FailureShape {
  code: string;
  message: string;
  remedy: string;
  output?: string;
}

/** `at` is in milliseconds since the epoch; `parent` is null for the run itself. */
export type Event =
  | {
      event: "start";
      id: number;
      parent: number | null;
      kind: ActivityKind;
      title: string;
      machine?: string;
      at: number;
    }
  | { event: "note"; id: number; text: string; at: number }
  | ({ event: "expect"; id: number; at: number } & Expectation)
  /** What a person has to see at once, whatever else runs: that an interruption was received. */
  | { event: "warning"; text: string; at: number }
  | { event: "end"; id: number; outcome: Outcome; details: string[]; error?: FailureShape; at: number };

export type Listener = (event: Event) => void;

export interface Ending {
  outcome: Outcome;
  /** In plain words: the differences found, or what was done. */
  details?: string[];
}

export interface Activity {
  /** Reports what is going on now, or why it waits. Replaces the previous note in a live view. */
  note(text: string): void;
  /** Announces children, so that readers can show how far the activity is. */
  expect(what: Expectation): void;
  /**
   * Runs `work` as a child activity. It ends with `work`'s outcome (default: `ok`). If it throws, it ends as `failed`, or as
   * `stopped` if the error comes from an interruption; the error is thrown on to the caller.
   */
  child<T>(
    kind: ActivityKind,
    title: string,
    work: (activity: Activity, end: (ending: Ending) => void) => Promise<T>,
    options?: { machine?: string },
  ): Promise<T>;
}
