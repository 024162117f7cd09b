import type { Activity, Event } from "../activity/activity.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { kubeconfigPath } from "../kubeconfig/path.ts";
import type { Lab } from "../lab/types.ts";
import { keptCredentials } from "../providers/credentials.ts";
import { withLabLock } from "../session/lab-lock.ts";
import { type Made, makeLab } from "../session/make-lab.ts";
import { proxySentence } from "../session/proxies.ts";
import { type RecreateOptions, recreated } from "../session/recreate.ts";
import { type ForgetOptions, type LabOptions, openSession, type Session, show } from "../session/session.ts";
import { hasHadSpares } from "../spares/record.ts";
import { print, tell } from "../ui/print.ts";
import { timeline } from "../ui/timeline.ts";
import { agree, listed } from "../wording.ts";
import { refillInBackground } from "./spare/background.ts";
import { spareWords, type Taken, takeSpare } from "./spare/take.ts";
import { upSummary } from "./up/summary.ts";

export interface UpOptions extends LabOptions, RecreateOptions, ForgetOptions {
  timeline?: boolean;
  /** Does not take a spare for a lab that does not exist. */
  fresh?: boolean;
}

const wayOn = "Run `labwright up` again to continue, or `labwright down` to remove what was created.";

/** Creates or updates the lab to match its file. */
export async function up(options: UpOptions): Promise<void> {
  const session = await openSession({ ...options, startsEngine: true });
  assertNotNamed(options, session.lab);
  const recreate = recreated(options, session.lab, session.provider);
  const events: Event[] = [];
  const started = Date.now();
  try {
    await withLabLock(session, async () => {
      const proxies = proxySentence(session.lab);
      if (proxies !== undefined) tell(`labwright: ${proxies}\n`);
      const work = (activity: Activity) => makeOrTake(session, activity, { ...options, recreate });
      const { result } = await show(`up ${session.lab.name}`, { ...options, wayOn }, work, events);
      const seconds = (Date.now() - started) / 1000;
      if (!options.json) print(await summaryOf(result.now, result.made, options, seconds));
    });
    const refilled = await refillInBackground(session, options);
    if (refilled !== undefined && !options.json) print(`Note: ${refilled}.\n`);
  } finally {
    if (options.timeline) print(timeline(events));
  }
}

/** Makes the lab, or takes a spare for one that does not exist. The caller holds the lab's lock. */
export async function makeOrTake(
  session: Session,
  activity: Activity,
  { fresh = false, recreate = [] }: Pick<UpOptions, "fresh" | "recreate"> = {},
): Promise<{ now: Session; made: Made }> {
  const taken = fresh ? undefined : await spareFor(session, activity);
  if (taken) return { now: taken.session, made: { ...taken.made, from: spareWords(taken) } };
  return { now: session, made: await makeLab(session, activity, { recreate, keepsBaseline: true }) };
}

/** A lab that does not exist takes a spare, if there is one. */
async function spareFor(session: Session, activity: Activity): Promise<Taken | undefined> {
  if (!hasHadSpares(session.lab.name) || (await session.provider.list()).length > 0) return undefined;
  const outcome = await takeSpare({ session, activity, timed: (_, work) => work() });
  return "taken" in outcome ? outcome.taken : undefined;
}

async function summaryOf(
  { lab }: Session,
  made: Made,
  options: LabOptions,
  seconds: number,
): Promise<string> {
  const kubeconfig = kubeconfigPath(process.env, lab.name);
  const hasPasswords = Object.keys(await keptCredentials(lab.name)).length > 0;
  return upSummary({ lab, made, options, seconds, kubeconfig, hasPasswords });
}

/** Throws (exit code 2) if a host is to be forgotten that the lab file names. */
function assertNotNamed({ forget = [] }: ForgetOptions, { machines }: Lab): void {
  const named = forget.filter((name) => machines.some((machine) => machine.name === name));
  if (named.length > 0)
    throw new LabwrightError({
      code: "machine-in-lab-file",
      message: `cannot forget ${listed(named)}: the lab file names ${agree(named.length, "it", "them")}`,
      remedy: `Delete the ${agree(named.length, "machine", "machines")} from the lab file, then run the command again.`,
      exit: exitCode.usage,
    });
}
