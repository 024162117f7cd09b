import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { finished } from "node:stream/promises";
import type { Activity, Listener } from "../../activity/activity.ts";
import { tellNow } from "../../activity/now.ts";
import { startRun } from "../../activity/tree.ts";
import type { Class } from "../../class/class-file.ts";
import { labOptionsOf, logOf } from "../../class/labs.ts";
import { exitCode, LabwrightError, messageOf } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { interruption } from "../../session/interrupt.ts";
import { openSession, type Session } from "../../session/session.ts";
import { PlainLog } from "../../ui/log.ts";
import { tell } from "../../ui/print.ts";
import { count } from "../../wording.ts";

/** What became of the work on one student's lab. */
export type Outcome<T> = { student: string } & ({ result: T } | { error: LabwrightError; log?: string });

export interface Work<T> {
  /** What is done to each lab: `up`. */
  title: string;
  /** How many labs are worked on side by side; absent: one for each processor. */
  jobs?: number | undefined;
  /** The class that a student's lab was made with; absent: the class as it is now. */
  classOf?(student: string): Class;
  /** How an activity ends whose work has succeeded. */
  outcome?(result: T): "ok" | "changed";
  run(session: Session, activity: Activity, student: string): Promise<T>;
}

/**
 * Does the same to the labs of several students, some of them side by side, with a line for each of them and a log of what was done in
 * detail. A lab that fails does not stop the others. The outcomes are in the students' order.
 */
export async function eachStudent<T>(
  one: Class,
  students: readonly string[],
  activity: Activity,
  { title, jobs = availableParallelism(), classOf = () => one, outcome = () => "changed", run }: Work<T>,
): Promise<Outcome<T>[]> {
  const outcomes = new Map<string, Outcome<T>>();
  const waiting = [...students];
  activity.expect({ kind: "run", count: students.length });

  async function attend(student: string): Promise<void> {
    await activity.child("run", student, async (child, end) => {
      let log: string | undefined;
      try {
        const session = await openSession({ ...labOptionsOf(classOf(student), student), startsEngine: true });
        assertNotInterrupted(session.signal);
        log = logOf(one.name, student);
        const result = await logged(one, student, title, child, (inner) => run(session, inner, student));
        outcomes.set(student, { student, result });
        end({ outcome: outcome(result) });
      } catch (error) {
        assertNotInterrupted(interruption());
        if (!(error instanceof LabwrightError)) throw error;
        outcomes.set(student, { student, error, ...(log !== undefined && { log }) });
        end({ outcome: "failed", details: [messageOf(error)] });
      }
    });
  }

  async function worker(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await attend(next);
  }

  const workers = await Promise.allSettled(Array.from({ length: Math.max(1, jobs) }, worker));
  for (const ended of workers) if (ended.status === "rejected") throw ended.reason;
  return students.flatMap((student) => outcomes.get(student) ?? []);
}

/** Runs work whose details go into the student's log; what it does now is the activity's note. */
async function logged<T>(
  one: Class,
  student: string,
  title: string,
  activity: Activity,
  work: (activity: Activity) => Promise<T>,
): Promise<T> {
  const file = logOf(one.name, student);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const stream = createWriteStream(file, { mode: 0o600 });
  stream.on("error", () => {});
  const log = new PlainLog();
  const write: Listener = (event) => {
    for (const line of log.add(event)) stream.write(`${line}\n`);
  };
  try {
    return await startRun(`${title} ${student}`, [write, tellNow((text) => activity.note(text))], work);
  } finally {
    stream.end();
    // A disk that is full must not end the work on the labs.
    await finished(stream).catch(() => {});
  }
}

/** What a class command ends with if some labs failed: each with its reason, what to do, and where its log is. */
export function tellFailures<T>(outcomes: readonly Outcome<T>[]): void {
  const failed = outcomes.flatMap((outcome) => ("error" in outcome ? [outcome] : []));
  if (failed.length === 0) return;
  process.exitCode = exitCode.failed;
  const lines = failed.flatMap(({ student, error, log }) => [
    `${student}: ${error.message}`,
    `    ${error.remedy}`,
    ...(log === undefined ? [] : [`    log: ${log}`]),
  ]);
  tell(`${count(failed.length, "lab")} of ${outcomes.length} failed:\n${lines.join("\n")}\n`);
}

/** The results of those that succeeded, with their students. */
export const resultsOf = <T>(outcomes: readonly Outcome<T>[]): { student: string; result: T }[] =>
  outcomes.flatMap((outcome) => ("result" in outcome ? [outcome] : []));
