import type { Activity } from "../activity/activity.ts";
import { type Baseline, decidedBy, readBaseline, writeBaseline } from "../baseline/baseline.ts";
import { type Former, recordAll, recordBaseline } from "../baseline/record-baseline.ts";
import { readStates } from "../exercises/state.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { recordedMachines, recordingOf } from "../recording/record.ts";
import { count } from "../wording.ts";
import type { ConnectedInventory } from "./inventory.ts";
import type { Session } from "./session.ts";

export interface KeeperOptions {
  /** Machines that the run deletes first. */
  recreate?: readonly string[];
  /** Whether the run changes the lab although the lab file decides nothing else. */
  changes?: boolean;
}

/**
 * Call it before a run changes anything; what it returns records the baseline afterwards. Undefined if the baseline stays as it is:
 * the lab file decides nothing else, and no machine is new, so that `up` only repairs.
 */
export async function baselineKeeper(
  { lab, provider, signal }: Session,
  inventory: ConnectedInventory,
  { recreate = [], changes = false }: KeeperOptions = {},
): Promise<((after: ConnectedInventory, activity: Activity) => Promise<void>) | undefined> {
  // Hosts that stay belong to their owner, and are never reset as a whole.
  if (provider.machinesStay) return undefined;
  const baseline = await readBaseline(lab.name);
  if (changes && !baseline) return undefined;
  const there = new Set(inventory.found.map(({ name }) => name).filter((name) => !recreate.includes(name)));
  const areNew = lab.machines.some(({ name }) => !there.has(name));
  const isCut = baseline?.before !== undefined;
  if (baseline?.decided === decidedBy(lab) && !areNew && !changes && !isCut) return undefined;
  // What exercises have made would be part of the first baseline.
  if (there.size > 0 && !baseline && (await readStates(lab.name)).length > 0) return undefined;
  const former = baseline && there.size > 0 ? await formerOf(baseline) : undefined;
  // A run that is cut short is gone on with: what it has changed is not somebody else's.
  if (former) await writeBaseline(lab.name, { ...former.baseline, before: former.before });
  return async (after, activity) => {
    await activity.child("task", "record the baseline", async (_, end) => {
      const { recording } = await recordBaseline(after, former);
      end({ outcome: "changed", details: [count(Object.keys(recording).length, "item")] });
    });
  };

  async function formerOf({ before, ...known }: Baseline): Promise<Former | undefined> {
    if (before) return { baseline: known, before };
    const machines = recordedMachines(lab).filter((name) => there.has(name) && !inventory.absent.has(name));
    try {
      return { baseline: known, before: recordingOf(await recordAll(inventory, machines)) };
    } catch {
      // A lab that cannot be seen is repaired first: then its baseline is what `up` makes of it.
      assertNotInterrupted(signal);
      return undefined;
    }
  }
}
