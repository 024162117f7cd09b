import { writeBaseline } from "../../baseline/baseline.ts";
import { LabwrightError, messageOf } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { setName } from "../../lab/machine-set.ts";
import { isControlPlane } from "../../lab/roles.ts";
import { keyOf } from "../../recording/types.ts";
import { makeLab } from "../../session/make-lab.ts";
import { restoreMachines } from "../../session/restore-machines.ts";
import { listRecords, recordedBaseline, type SnapshotRecord } from "../../snapshots/record.ts";
import { assertFitting, assertUndamaged } from "../../snapshots/restorable.ts";
import { type Undone, undo } from "./undo.ts";
import type { Way } from "./way.ts";

/** What was undone on the machines of a snapshot; or why there are none, sentences without their full stops. */
export type Restored =
  | { snapshot: Pick<SnapshotRecord, "name" | "saved">; undone: Undone }
  | { refused: string[] };

/**
 * Gives the lab the machines of its newest snapshot that is not damaged, then undoes what the baseline does not have there. Baseline
 * and exercises stay those of the lab.
 */
export async function restoreNewest(way: Way): Promise<Restored> {
  const { session, activity, timed } = way;
  const { lab, provider, signal } = session;
  const { snapshots } = provider;
  const records = snapshots ? await listRecords(lab.name) : [];
  if (!snapshots || records.length === 0) return { refused: [] };
  const there = await snapshots.list();
  const refused: string[] = [];
  for (const record of records.toReversed()) {
    const { name, saved } = record;
    try {
      if (record.imported) throw ofAnother(name);
      await assertFitting(lab, record);
      assertUndamaged(record, there.get(name));
      await assertSameCluster(way, name);
    } catch (error) {
      if (!(error instanceof LabwrightError)) throw error;
      refused.push(messageOf(error));
      continue;
    }
    // An older one would take as long as to create the machines again.
    try {
      await timed(`restore ${name}`, async () => {
        await restoreMachines(session, snapshots, name, activity);
        await makeLab(session, activity);
      });
    } catch (error) {
      assertNotInterrupted(signal);
      if (!(error instanceof LabwrightError)) throw error;
      return { refused: [...refused, `${name} was not restored: ${messageOf(error)}`] };
    }
    const undone = await undo(way);
    if (undone.refused.size === 0) {
      await endRun(way);
      return { snapshot: { name, saved }, undone };
    }
    return { refused: [...refused, ...[...undone.refused].map(([machine, why]) => `${machine} ${why[0]}`)] };
  }
  return { refused };
}

const authority = "/etc/kubernetes/pki/ca.crt";

/** What the baseline has of one cluster makes no sense on the machines of another: one that was created again, or imported. */
async function assertSameCluster({ session: { lab }, baseline }: Way, name: string): Promise<void> {
  const first = lab.machines.find(isControlPlane);
  if (!first) return;
  const key = keyOf({ machine: first.name, kind: "file", name: authority });
  const former = await recordedBaseline(lab.name, name);
  if (former?.recording[key] !== baseline.recording[key]) throw ofAnother(name);
}

const ofAnother = (name: string): LabwrightError =>
  new LabwrightError({
    code: "snapshot-of-another",
    message: `the snapshot "${name}" does not have the cluster of the lab's baseline`,
    remedy: `Delete it with \`labwright snapshot delete ${name}\`, or return to it with \`labwright snapshot restore ${name}\`.`,
  });

/** A run that was cut short has no machines any more, and the next one must not take for its own what changes from now on. */
async function endRun({ session: { lab }, baseline: { before, ...baseline } }: Way): Promise<void> {
  if (before) await writeBaseline(setName(lab), baseline);
}
