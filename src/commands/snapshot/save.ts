import type { Activity } from "../../activity/activity.ts";
import { decidedBy, noBaseline, readBaseline } from "../../baseline/baseline.ts";
import { inspect } from "../../engine/inspect.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { ensureLabId } from "../../lab/identity.ts";
import { setName } from "../../lab/machine-set.ts";
import { ownVersion } from "../../own-version.ts";
import type { Snapshots } from "../../providers/types.ts";
import { type Containers, runningContainers } from "../../recording/running-containers.ts";
import { freeze, thaw } from "../../session/freeze.ts";
import { assertWhole } from "../../session/inventory.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { type LabOptions, openSession, type Session, show } from "../../session/session.ts";
import { storeRecord } from "../../snapshots/record.ts";
import { print } from "../../ui/print.ts";
import { count, inSeconds } from "../../wording.ts";
import { assertNew, assertSnapshotName, removeIncomplete, snapshotsOf } from "./shared.ts";

const wayOn = "The lab goes on, and nothing was saved. Run `labwright snapshot save NAME` again.";

/** Saves all machines of the lab at one point in time, with what labwright knows of it. */
export async function snapshotSave(name: string, options: LabOptions): Promise<void> {
  assertSnapshotName(name);
  const session = await openSession(options);
  const { lab } = session;
  const snapshots = snapshotsOf(session);
  await withLabLock(session, async () => {
    await assertNew(lab.name, name);
    await assertAsDecided(session);
    const started = Date.now();
    const { result: still } = await show(`snapshot save ${lab.name}`, { ...options, wayOn }, (activity) =>
      save(name, { session, snapshots, activity }),
    );
    const all = Date.now() - started;
    if (options.json) return;
    print(
      `Saved ${name}: ${count(lab.machines.length, "machine")} in ${inSeconds(all / 1000)}, for ${inSeconds(still / 1000)} of which the lab stood still.\n` +
        `\`labwright snapshot restore ${name}\` returns to it.\n`,
    );
  });
}

interface Saving {
  session: Session;
  snapshots: Snapshots;
  activity: Activity;
}

/** Returns for how many milliseconds the lab stood still. */
async function save(name: string, { session, snapshots, activity }: Saving): Promise<number> {
  const { lab, signal } = session;
  await removeIncomplete(session, snapshots, activity);
  let addresses: ReadonlyMap<string, string> = new Map();
  let containers: Containers = {};
  let wrong: string[] = [];
  const running = await freeze(session, activity, async (inventory) => {
    assertWhole(inventory);
    containers = await runningContainers(inventory);
    const seen = await inspect({ graph: session.graph, inventory, activity });
    wrong = [...seen.keys()].map(({ title, machine }) => `${title} on ${machine.name}`);
    addresses = inventory.addresses;
  });
  const saved = new Date();
  try {
    assertNotInterrupted(signal);
    await activity.child("machine", "copy the machines", (child) => snapshots.save(name, running, child));
    assertNotInterrupted(signal);
    // Last: a snapshot without a record is not complete.
    await storeRecord(lab, {
      ...{ name, saved: saved.toISOString(), version: ownVersion, decided: decidedBy(lab) },
      id: await ensureLabId(lab.name),
      machines: lab.machines.map(({ name }) => ({ name, address: addresses.get(name) ?? "" })),
      ...{ containers, wrong },
      contents: (await snapshots.list()).get(name) ?? {},
    });
  } catch (error) {
    await Promise.allSettled([thaw(session, activity), snapshots.remove([name], activity)]);
    throw error;
  }
  return (await thaw(session, activity)) - saved.getTime();
}

/** Throws (exit code 2) unless the last `up` has made what the lab file decides, and has ended. */
async function assertAsDecided({ lab }: Session): Promise<void> {
  const baseline = await readBaseline(setName(lab));
  if (!baseline) throw noBaseline(lab.name);
  if (baseline.decided === decidedBy(lab) && !baseline.before) return;
  throw new LabwrightError({
    code: "baseline-outdated",
    message: `cannot save the lab "${lab.name}": it is not what its lab file decides`,
    remedy: "Run `labwright up`, then save it.",
    exit: exitCode.usage,
  });
}
