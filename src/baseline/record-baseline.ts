import type { Inventory } from "../engine/observe.ts";
import { type FoundThere, recordedMachines, recordingOf, recordMachine } from "../recording/record.ts";
import { itemOf, keyOf, type Recording } from "../recording/types.ts";
import { type Baseline, decidedBy, writeBaseline } from "./baseline.ts";
import { keepContents, removeOtherContents } from "./contents.ts";
import { labRecorders } from "./recorders.ts";

/** All that the baseline has of these machines. Changes nothing. */
export async function recordAll(
  inventory: Inventory,
  machines: readonly string[] = recordedMachines(inventory.lab),
): Promise<FoundThere[]> {
  const found = await Promise.all(machines.map((machine) => recordMachine(inventory, machine, labRecorders)));
  return found.flat();
}

/** A baseline that a run changes, and the lab before that run. */
export interface Former {
  baseline: Baseline;
  before: Recording;
}

/**
 * Records the lab's baseline. With a former one, only what the run has changed enters it: what somebody else has changed since
 * then is still to be undone.
 */
export async function recordBaseline(inventory: Inventory, former?: Former): Promise<Baseline> {
  const found = await recordAll(inventory);
  const now = recordingOf(found);
  const recording = former ? carriedOver(former, now) : now;
  const entered = found.filter((item) => recording[keyOf(item)] === item.value);
  await keepContents(inventory, entered);
  const baseline = await writeBaseline(inventory.lab.name, {
    recorded: new Date().toISOString(),
    decided: decidedBy(inventory.lab),
    recording,
  });
  await removeOtherContents(inventory.lab.name, recording);
  return baseline;
}

/** The former baseline, with what differs between before and now as it is now. */
export function carriedOver({ baseline, before }: Former, now: Recording): Recording {
  const known = new Set(Object.keys(before).map((key) => itemOf(key).machine));
  const keys = [...new Set([...Object.keys(baseline.recording), ...Object.keys(now)])].sort();
  return Object.fromEntries(
    keys.flatMap((key): [string, string][] => {
      const isSame = known.has(itemOf(key).machine) && before[key] === now[key];
      const value = isSame ? baseline.recording[key] : now[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
