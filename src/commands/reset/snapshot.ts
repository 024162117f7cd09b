import { LabwrightError, messageOf } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { makeLab } from "../../session/make-lab.ts";
import { restoreMachines } from "../../session/restore-machines.ts";
import { listRecords, type SnapshotRecord } from "../../snapshots/record.ts";
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
      await assertFitting(lab, record);
      assertUndamaged(record, there.get(name));
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
    if (undone.refused.size === 0) return { snapshot: { name, saved }, undone };
    return { refused: [...refused, ...[...undone.refused].map(([machine, why]) => `${machine} ${why[0]}`)] };
  }
  return { refused };
}
