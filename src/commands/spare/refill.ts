import { rm } from "node:fs/promises";
import type { Activity } from "../../activity/activity.ts";
import { baselineFolder, decidedBy } from "../../baseline/baseline.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { ensureLabId, labId } from "../../lab/identity.ts";
import { firstSet, setName } from "../../lab/machine-set.ts";
import { labFolder } from "../../paths.ts";
import { hasHostKey, hostKeyOf } from "../../providers/host-keys.ts";
import { makeAccess, missingAccess } from "../../providers/machine/logins.ts";
import type { MachineSets } from "../../providers/types.ts";
import { freeze } from "../../session/freeze.ts";
import { assertWhole } from "../../session/inventory.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { makeLab } from "../../session/make-lab.ts";
import { type LabOptions, openSession, type Session, show } from "../../session/session.ts";
import { spareSession } from "../../session/spare.ts";
import { withChoice, withSpares } from "../../session/spares-lock.ts";
import { forgetSpare, storeSpare } from "../../spares/record.ts";
import type { Refill } from "../../spares/spare.ts";
import { print } from "../../ui/print.ts";
import { count, listed } from "../../wording.ts";
import { neededOf, setsOf } from "./shared.ts";

const wayOn = "Run `labwright spare refill` again.";

/** Makes the spares that are missing, and those again that cannot be taken any more. */
export async function spareRefill(options: LabOptions): Promise<void> {
  const session = await openSession({ ...options, startsEngine: true });
  const done = await refill(session, options);
  if (!options.json) print(refillText(done));
}

/** Milliseconds for another command on the lab to end. */
const patience = 10 * 60_000;

/** How often a run decides: while it makes a spare, a `reset` may take another. */
const rounds = 3;

/** All of `spare refill` but its last words. `prepare` is called before it decides. */
export async function refill(
  session: Session,
  options: LabOptions,
  prepare: () => Promise<void> = async () => {},
): Promise<Refill> {
  const { name } = session.lab;
  const sets = setsOf(session);
  const shown = await withSpares(name, () =>
    show(`spare refill ${name}`, { ...options, wayOn }, async (activity) => {
      await prepare();
      return refillIn(session, sets, activity);
    }),
  );
  return shown.result;
}

/** What `refill` does, as a part of an activity. The caller holds the lock of `withSpares`. */
export async function refillIn(session: Session, sets: MachineSets, activity: Activity): Promise<Refill> {
  const { lab } = session;
  const done: Refill = { remove: [], make: [] };
  await ensureAccess(session);
  for (let round = 0; round < rounds; round++) {
    const { remove, make } = await withChoice(lab.name, () => decide(session, sets));
    if (remove.length + make.length === 0) break;
    for (const set of remove) await removeSet(session, sets, set, activity);
    for (const set of make) await makeSpare(session, set, activity);
    done.remove.push(...remove);
    done.make.push(...make);
  }
  return done;
}

/** What sets share is made while nothing else works on the lab. For one that has been up, nothing is missing, and it is not locked. */
async function ensureAccess(session: Session): Promise<void> {
  const { name, machines } = session.lab;
  const missing = await missingAccess(session.lab);
  const known = await Promise.all(machines.map((machine) => hasHostKey(name, machine.name)));
  if ((await labId(name)) !== undefined && !missing.key && !missing.passwords && known.every(Boolean)) return;
  const make = async (): Promise<void> => {
    await ensureLabId(name);
    await makeAccess(session.lab);
    for (const machine of machines) await hostKeyOf(name, machine.name);
  };
  await withLabLock(session, make, { patience, anySet: true });
}

/** While no spare is being taken: none of those that are to be deleted becomes the lab's. */
async function decide({ lab }: Session, sets: MachineSets): Promise<Refill> {
  const refill = await neededOf(lab, sets);
  // From here on nobody takes them.
  for (const set of refill.remove) await forgetSpare(lab.name, set);
  return refill;
}

/** Deletes a set that was a spare, with what is known of its machines. */
export async function removeSet(
  { lab: { name }, signal }: Session,
  sets: MachineSets,
  set: string,
  activity: Activity,
): Promise<void> {
  assertNotInterrupted(signal);
  await activity.child("machine", `remove the former machines of set ${set}`, async (child, end) => {
    const what = await sets.remove(set, child, signal);
    end({ outcome: what.length > 0 ? "changed" : "ok", details: what });
  });
  const its = setName({ name, set });
  // The first set's folder is the lab's.
  await rm(set === firstSet ? baselineFolder(its) : labFolder(its), { recursive: true, force: true });
}

async function makeSpare(session: Session, set: string, activity: Activity): Promise<void> {
  assertNotInterrupted(session.signal);
  const spare = await spareSession(session, set);
  await activity.child("machine", `make the spare ${set}`, async (child, end) => {
    await makeLab(spare, child, { keepsBaseline: true });
    await freeze(spare, child, assertWhole);
    await storeSpare(spare.lab.name, set, { made: new Date().toISOString(), decided: decidedBy(spare.lab) });
    end({ outcome: "changed" });
  });
}

/** What a refill did, for people. Ends with a newline. */
export function refillText({ make, remove }: Refill): string {
  const only = remove.filter((set) => !make.includes(set));
  const lines = [
    ...(make.length > 0
      ? [`Made: ${count(make.length, "spare")} (${listed(make)}), verified and frozen.`]
      : []),
    ...(only.length > 0 ? [`Removed: ${count(only.length, "set")} of machines (${listed(only)}).`] : []),
  ];
  return `${lines.length > 0 ? lines.join("\n") : "Nothing to do: every spare can be taken."}\n`;
}
