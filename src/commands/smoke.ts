import { appendFile, writeFile } from "node:fs/promises";
import type { Activity, Event } from "../activity/activity.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { assertName, findExercise } from "../exercises/find.ts";
import { assertNeeds } from "../exercises/needs.ts";
import type { Exercise } from "../exercises/types.ts";
import { knownPlaybooks } from "../playbooks/load.ts";
import type { Cost } from "../providers/types.ts";
import { interruption } from "../session/interrupt.ts";
import { withLabLock } from "../session/lab-lock.ts";
import { type LabOptions, labFile, openSession, type Session, show } from "../session/session.ts";
import { junit } from "../ui/junit.ts";
import { print } from "../ui/print.ts";
import { durationOf, limitsOf } from "./smoke/limits.ts";
import type { Part } from "./smoke/parts.ts";
import { failedIn, runStages } from "./smoke/stage.ts";
import { stagesOf } from "./smoke/stages.ts";
import { markdown, type Report } from "./smoke/summary.ts";

export interface SmokeOptions extends LabOptions {
  junit?: string;
  summary?: string;
  /** A folder for logs, if a part fails. */
  evidence?: string;
  /** `up`, `verify` and exercises together: `60m`. */
  limit: string;
  /** `up=30m`, `verify=5m`, `down=10m`. */
  partLimit: string[];
  /** `true` without a duration. */
  keepOnFailure?: string | true;
  /** Names of exercises that are proved after `verify`. */
  exercise: string[];
}

/** In seconds; undefined if a lab that failed is not kept. */
const keptFor = ({ keepOnFailure: length }: SmokeOptions): number | undefined =>
  length === undefined ? undefined : durationOf(length === true ? "2h" : length);

/** CI smoke test: up, verify, exercises, down, with one report. Exits with 1 if a part does not pass. */
export async function smoke(options: SmokeOptions): Promise<void> {
  const started = Date.now();
  const limits = limitsOf(options);
  const keepFor = keptFor(options);
  const interrupted = interruption();
  // The lab must be removed also when everything else was interrupted.
  const session = await openSession(options, AbortSignal.any([]));
  const { lab, provider } = session;
  const exercises = await wanted(options, session);
  const events: Event[] = [];
  const report: Report = { lab, parts: [], seconds: 0 };

  await withLabLock(session, async () => {
    await show(`smoke ${lab.name}`, options, (root) => all(root), events).catch((error: unknown) => {
      if (!(error instanceof LabwrightError && error.code === "smoke-failed")) throw error;
    });
  });
  await tell();

  async function all(root: Activity): Promise<void> {
    const cost = await provider.cost?.().catch((): Cost | undefined => undefined);
    if (cost) report.cost = cost;
    const stages = stagesOf({
      ...{ session, limits, exercises, interrupted, report, evidence: options.evidence },
      deadline: started + limits.whole * 1000,
      keepFor,
    });
    await runStages(root, stages, report.parts);
    if (failedIn(report.parts)) throw notPassed(report.parts);
  }

  async function tell(): Promise<void> {
    report.seconds = (Date.now() - started) / 1000;
    const text = markdown(report);
    if (options.junit !== undefined)
      await writeFile(options.junit, junit(events, { name: `smoke ${lab.name}` }));
    if (options.summary !== undefined) await writeFile(options.summary, text);
    const { GITHUB_STEP_SUMMARY } = process.env;
    if (GITHUB_STEP_SUMMARY) await appendFile(GITHUB_STEP_SUMMARY, text);
    if (!options.json) print(`\n${text}`);
    if (failedIn(report.parts)) process.exitCode = exitCode.failed;
  }
}

/** Throws (exit code 2) if there is no such exercise, or the lab lacks what it needs. */
async function wanted(options: SmokeOptions, { lab, artifacts }: Session): Promise<Exercise[]> {
  options.exercise.forEach(assertName);
  const exercises = await Promise.all(
    options.exercise.map((name) => findExercise(labFile(options), name, artifacts)),
  );
  const known = await knownPlaybooks();
  for (const exercise of exercises) assertNeeds(exercise, lab, known);
  return exercises;
}

const notPassed = (parts: readonly Part[]): LabwrightError => {
  const names = parts.filter(({ outcome }) => outcome === "failed").map(({ name }) => name);
  return new LabwrightError({
    code: "smoke-failed",
    message: `not passed: ${names.join(", ")}`,
    remedy: "Follow the remedy that the report shows for each.",
  });
};
