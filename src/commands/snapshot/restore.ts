import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import type { Snapshots } from "../../providers/types.ts";
import { startContainers } from "../../recording/running-containers.ts";
import { connectInventory } from "../../session/inventory.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { makeLab } from "../../session/make-lab.ts";
import { apiServerAnswers, proveCluster } from "../../session/prove-cluster.ts";
import { restoreMachines } from "../../session/restore-machines.ts";
import { type ConfirmedOptions, openSession, type Session, show } from "../../session/session.ts";
import { returnRecorded, type SnapshotRecord } from "../../snapshots/record.ts";
import { assertFitting, assertUndamaged } from "../../snapshots/restorable.ts";
import { noteRestored } from "../../snapshots/unfinished.ts";
import { isConfirmed } from "../../ui/confirm.ts";
import { print } from "../../ui/print.ts";
import { agree, count, inSeconds, listed } from "../../wording.ts";
import { followLab } from "./follow-lab.ts";
import { recordOf, snapshotsOf } from "./shared.ts";

/** Replaces the lab's machines by those of a snapshot, and proves that they work. */
export async function snapshotRestore(name: string, options: ConfirmedOptions): Promise<void> {
  const session = await openSession(options);
  const { lab } = session;
  const snapshots = snapshotsOf(session);
  const wayOn = `Run \`labwright snapshot restore ${name}\` again, or \`labwright down\` to remove the lab.`;
  const work = async (): Promise<void> => {
    const record = await recordOf(lab.name, name);
    await assertFitting(lab, record);
    assertUndamaged(record, (await snapshots.list()).get(name));
    if (!(await isWanted(record, session, options))) return print("Nothing was changed.\n");
    const started = Date.now();
    const { result: proof } = await show(`snapshot restore ${lab.name}`, { ...options, wayOn }, (activity) =>
      restore(record, { session, snapshots, activity }),
    );
    const seconds = (Date.now() - started) / 1000;
    if (!options.json) print(restoredText(record, seconds, proof));
  };
  await withLabLock(session, work, { amidRestore: true });
}

const isWanted = (
  { name, saved, machines }: SnapshotRecord,
  { lab }: Session,
  { yes }: ConfirmedOptions,
): Promise<boolean> =>
  isConfirmed({
    question: `Return the lab "${lab.name}" to the snapshot "${name}"? What was done on ${listed(machines.map((one) => one.name))} since ${saved} is lost.`,
    yes,
    cannot: {
      code: "restore-unconfirmed",
      message: `cannot ask whether to restore "${name}", which loses what was done since ${saved}`,
    },
  });

/** Seconds for the API server of machines that nothing repairs. */
const apiPatience = 60;

interface Restoring {
  session: Session;
  snapshots: Snapshots;
  activity: Activity;
}

/** Returns what shows that the lab works, a sentence each. */
async function restore(
  { name, containers, wrong, imported, formerKeys = [] }: SnapshotRecord,
  { session, snapshots, activity }: Restoring,
): Promise<string[]> {
  const { lab, provider, signal } = session;
  const began = new Date();
  await restoreMachines(session, snapshots, name, activity);
  await returnRecorded(lab, name);
  // What was not right then, such as the fault of an exercise, is what somebody wants to return to.
  const asIs = wrong.length > 0;
  await makeLab(session, activity, { asIs });
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    await startContainers(inventory, containers);
    // Unless that is the fault, what comes next finds a cluster.
    if (asIs && lab.playbooks.includes("cluster")) await apiServerAnswers(inventory, apiPatience);
    if (imported)
      await activity.child("machine", "take over the machines of another lab", (child) =>
        followLab({ session, inventory, activity: child, formerKeys }),
      );
    if (asIs) {
      await noteRestored(lab.name);
      return [];
    }
    const { seen, failed } = await activity.child("check", "prove that the cluster works", () =>
      proveCluster(inventory, began),
    );
    if (failed.size > 0) throw unproven(name, failed);
    await noteRestored(lab.name);
    return seen;
  } finally {
    await inventory.close();
  }
}

function restoredText(
  { name, saved, machines, exercises, wrong }: SnapshotRecord,
  seconds: number,
  proof: readonly string[],
): string {
  return [
    `Restored ${name}, saved at ${saved}: ${count(machines.length, "machine")} in ${inSeconds(seconds)}.`,
    ...(exercises.length > 0 ? [`Started, as they were then: ${exercises.join(", ")}.`] : []),
    ...(wrong.length > 0
      ? [
          `Nothing was repaired or proved: when it was saved, ${count(wrong.length, "check")} of \`up\` ${agree(wrong.length, "was", "were")} not right (${listed(wrong, 4)}).`,
        ]
      : []),
    ...(proof.length > 0 ? ["Proof:", ...proof.map((one) => `  ${one}`)] : []),
    "",
  ].join("\n");
}

const unproven = (name: string, failed: ReadonlyMap<string, string>): LabwrightError =>
  new LabwrightError({
    code: "restore-unproven",
    message: [
      `the machines of the snapshot "${name}" run, but the cluster does not work`,
      ...[...failed].map(([node, why]) => `${node} ${why}`),
    ].join("\n  "),
    remedy: `Run \`labwright snapshot restore ${name}\` again, or \`labwright down\`, then \`labwright up\`.`,
  });
