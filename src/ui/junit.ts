import type { Event } from "../activity/activity.ts";
import { count } from "../wording.ts";
import { type Entry, machineOf, ownError, recordingOf, withDescendants } from "./recording.ts";
import { type Attributes, element } from "./xml.ts";

/** A task for JUnit. */
interface Case {
  name: string;
  play: string;
  seconds: number;
  verdict: "passed" | "failure" | "error" | "skipped";
  /** One line: what is wrong. */
  message: string;
  type: string;
  /** All known details. */
  text: string;
}

/**
 * The run as JUnit XML for Jenkins and GitLab: each play is a test suite, each task on a machine a test
 * case. A difference, or a failure that a check or step reports, is a `failure`; a machine that could not be
 * asked, a task that was interrupted, or a defect of ours, an `error`.
 * Format: https://github.com/testmoapp/junitxml (what the common readers agree on).
 */
export function junit(events: Iterable<Event>, { name }: { name: string }): string {
  const entries = recordingOf(events).roots.flatMap(withDescendants);
  const cases = entries.filter(isCase).map(caseOf);
  const plays = [...new Set(cases.map(({ play }) => play))];
  const start = entries[0]?.start ?? 0;
  const suites = plays.map((play) => {
    const own = cases.filter((one) => one.play === play);
    const timestamp = new Date(start).toISOString().replace(/Z$/, "");
    return element(
      "testsuite",
      { name: play, ...totals(own), skipped: skipped(own), timestamp },
      own.map(caseText),
    );
  });
  const body = element("testsuites", { name, ...totals(cases) }, suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`;
}

/**
 * Tasks, but not those that build an artifact: that happens once, and the lab's report must be the same afterwards. And
 * all other failures, so that a run that broke outside of a task is not reported as passed.
 */
const isCase = (entry: Entry): boolean =>
  ownError(entry) !== undefined || (entry.kind === "task" && !isForArtifact(entry));

const isForArtifact = ({ parent }: Entry): boolean =>
  parent !== undefined && (parent.kind === "artifact" || isForArtifact(parent));

function caseOf(entry: Entry): Case {
  const machine = machineOf(entry);
  const error = ownError(entry);
  const text = error
    ? [error.message, `what to do: ${error.remedy}`, ...(error.output ? [error.output] : [])].join("\n")
    : entry.details.join("\n");
  return {
    name: machine === undefined ? entry.title : `${machine}: ${entry.title}`,
    play: suiteOf(entry) ?? "labwright",
    seconds: ((entry.end ?? entry.start) - entry.start) / 1000,
    verdict: verdictOf(entry),
    message: error?.message ?? messageFor(entry.details),
    type: error?.code ?? entry.outcome ?? "unfinished",
    text,
  };
}

/** The plays that the entry is part of, from the outermost: `verify: Join the workers`. */
function suiteOf(entry: Entry | undefined): string | undefined {
  if (!entry) return undefined;
  const above = suiteOf(entry.parent);
  if (entry.kind !== "play") return above;
  return above === undefined ? entry.title : `${above}: ${entry.title}`;
}

function messageFor(details: readonly string[]): string {
  const [first = ""] = details;
  return details.length > 1 ? `${first} (and ${count(details.length - 1, "other difference")})` : first;
}

function verdictOf({ outcome, error }: Entry): Case["verdict"] {
  if (outcome === "ok" || outcome === "changed") return "passed";
  if (outcome === "skipped") return "skipped";
  if (outcome === "differs") return "failure";
  return outcome === "failed" && error?.code !== "unexpected" ? "failure" : "error";
}

const numberOf = (cases: readonly Case[], verdict: Case["verdict"]): number =>
  cases.filter((one) => one.verdict === verdict).length;

const skipped = (cases: readonly Case[]): number => numberOf(cases, "skipped");

const totals = (cases: readonly Case[]): Attributes => ({
  tests: cases.length,
  failures: numberOf(cases, "failure"),
  errors: numberOf(cases, "error"),
  time: cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
});

function caseText({ name, play, seconds, verdict, message, type, text }: Case): string {
  const attributes = { classname: play, name, time: seconds.toFixed(3) };
  if (verdict === "passed") return element("testcase", attributes);
  const about = { ...(message !== "" && { message }), ...(verdict !== "skipped" && { type }) };
  return element("testcase", attributes, [element(verdict, about, text)]);
}
