import type { Activity } from "../activity/activity.ts";
import { type Baseline, decidedBy, readBaseline, writeBaseline } from "../baseline/baseline.ts";
import { type Former, recordBaseline, seeBefore } from "../baseline/record-baseline.ts";
import { setName } from "../lab/machine-set.ts";
import { recordedMachines } from "../recording/record.ts";
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
  { lab, provider }: Session,
  inventory: ConnectedInventory,
  { recreate = [], changes = false }: KeeperOptions = {},
): Promise<((after: ConnectedInventory, activity: Activity) => Promise<void>) | undefined> {
  // Hosts that stay belong to their owner, and are never reset as a whole.
  if (provider.machinesStay) return undefined;
  const baseline = await readBaseline(setName(lab));
  const there = inventory.found.map(({ name }) => name).filter((name) => !recreate.includes(name));
  const fresh = lab.machines.map(({ name }) => name).filter((name) => !there.includes(name));
  // What somebody has done to a lab that has none yet must not become its first one.
  if (!baseline && there.length > 0) return undefined;
  const isDecided = baseline?.decided === decidedBy(lab) && baseline.before === undefined;
  if (isDecided && fresh.length === 0 && !changes) return undefined;
  const former = await formerOf(baseline ?? nothingYet);
  // A run that is cut short is gone on with: what it has changed is not somebody else's.
  await writeBaseline(setName(lab), { ...former.baseline, before: former.before });
  return async (after, activity) => {
    await activity.child("task", "record the baseline", async (_, end) => {
      const { recording } = await recordBaseline(after, former);
      end({ outcome: "changed", details: [count(Object.keys(recording).length, "item")] });
    });
  };

  async function formerOf({ before, ...known }: Baseline): Promise<Former> {
    if (before)
      return { baseline: known, before: { ...before, fresh: [...new Set([...before.fresh, ...fresh])] } };
    const machines = recordedMachines(lab).filter(
      (name) => there.includes(name) && !inventory.absent.has(name),
    );
    return { baseline: known, before: await seeBefore(inventory, machines, fresh) };
  }
}

const nothingYet: Baseline = { form: 0, recorded: "", decided: "", recording: {} };
