import type { Activity } from "../activity/activity.ts";
import { LabwrightError } from "../errors.ts";
import { withLabLock } from "../session/lab-lock.ts";
import { makeLab } from "../session/make-lab.ts";
import { type LabOptions, openSession, type Session, show } from "../session/session.ts";
import { print } from "../ui/print.ts";
import { count, inSeconds } from "../wording.ts";

const wayOn = "Run `labwright resume` again.";

/** Lets a paused lab go on, as `up` does; after a restart of the computer its machines are started. */
export async function resume(options: LabOptions): Promise<void> {
  const session = await openSession({ ...options, startsEngine: true });
  await withLabLock(session, async () => {
    const started = Date.now();
    const { result } = await show(`resume ${session.lab.name}`, { ...options, wayOn }, (activity) =>
      resumeLab(session, activity),
    );
    const seconds = (Date.now() - started) / 1000;
    if (!options.json) print(`${wordsFor(result)} (${inSeconds(seconds)}).\n`);
  });
}

/** How many machines were frozen, and how many off. */
export interface Resumed {
  paused: number;
  off: number;
}

/** Lets the machines go on, or starts them. Throws `machine-absent` if there are none. The caller holds the lab's lock. */
export async function resumeLab(session: Session, activity: Activity): Promise<Resumed> {
  const machines = await session.provider.list(activity.note);
  if (machines.length === 0) throw nothingThere(session.lab.name);
  const still = machines.filter(({ running }) => !running);
  await makeLab(session, activity, { keepsBaseline: true });
  return {
    paused: still.filter(({ paused }) => paused).length,
    off: still.filter(({ paused }) => !paused).length,
  };
}

function wordsFor({ paused, off }: Resumed): string {
  if (off > 0)
    return `Started: ${count(off, "machine")}, which ran no more, as after a restart of the computer`;
  return paused > 0 ? `Resumed: ${count(paused, "machine")}` : "Nothing was paused";
}

const nothingThere = (lab: string): LabwrightError =>
  new LabwrightError({
    code: "machine-absent",
    message: `the lab "${lab}" does not exist`,
    remedy: "Create it with `labwright up`.",
  });
