import { setTimeout as sleep } from "node:timers/promises";
import type { Activity, FailureShape } from "../../activity/activity.ts";
import { shapeOf } from "../../activity/tree.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { interrupted } from "../../interruption.ts";

/** One part of a smoke test or a rehearsal, with its result. */
export interface Part {
  name: string;
  outcome: "passed" | "failed" | "skipped";
  seconds: number;
  /** In plain words: what was done or found. */
  details: string[];
  error?: FailureShape;
}

export interface PartWork {
  name: string;
  /** In seconds; absent: it may take as long as it does. */
  limit?: number;
  /** Ends the part before its limit. */
  signal: AbortSignal;
  /** Returns, in words, what was done; throws if the part did not pass. */
  work(activity: Activity, signal: AbortSignal): Promise<string[]>;
}

/** How long a part's work may take to stop after it was asked to, in seconds; then it is abandoned. */
const grace = 20;

/** Runs one part as a child activity, never longer than its limit if it has one, and never throws. */
export async function runPart(root: Activity, { name, limit, signal, work }: PartWork): Promise<Part> {
  const started = Date.now();
  const overtime = new AbortController();
  const timer = limit === undefined ? undefined : setTimeout(() => overtime.abort(), limit * 1000);
  const both = AbortSignal.any([signal, overtime.signal]);
  const seconds = () => (Date.now() - started) / 1000;
  const tooLateNow = () =>
    limit !== undefined && overtime.signal.aborted ? tooLate(name, limit) : undefined;
  const late = async (): Promise<never> => {
    const stop = Promise.withResolvers<void>();
    if (both.aborted) stop.resolve();
    both.addEventListener("abort", () => stop.resolve(), { once: true });
    await stop.promise;
    await sleep(grace * 1000, undefined, { ref: false });
    throw tooLateNow() ?? interrupted();
  };
  try {
    const details = await root.child("play", name, async (activity, end) => {
      const done = await Promise.race([work(activity, both), late()]).catch((error: unknown) => {
        throw tooLateNow() ?? error;
      });
      end({ outcome: "ok", details: done });
      return done;
    });
    return { name, outcome: "passed", seconds: seconds(), details };
  } catch (error) {
    return { name, outcome: "failed", seconds: seconds(), details: [], error: shapeOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** A part that was not started, because of an earlier one. */
export async function skipPart(root: Activity, name: string, why: string): Promise<Part> {
  await root.child("play", name, async (_, end) => end({ outcome: "skipped", details: [why] }));
  return { name, outcome: "skipped", seconds: 0, details: [why] };
}

/** Without a cause: that would be our own interruption, which ended the part. */
const tooLate = (name: string, limit: number): LabwrightError =>
  new LabwrightError({
    code: "smoke-limit",
    message: `${name} took longer than its limit of ${Math.round(limit)} s`,
    remedy: "Look at what it waited for last, or give it more time with --limit and --part-limit.",
    exit: exitCode.failed,
  });
