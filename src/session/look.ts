import type { Baseline } from "../baseline/baseline.ts";
import { type Blind, recorderOf, see } from "../baseline/see.ts";
import { isControlPlane } from "../lab/roles.ts";
import { type Difference, differencesBetween } from "../recording/differences.ts";
import { type FoundThere, recordedMachines, recordingOf } from "../recording/record.ts";
import { isOfCluster, itemOf, type Recording } from "../recording/types.ts";
import type { ConnectedInventory } from "./inventory.ts";

/** What a lab has that its baseline has not, and the other way round. */
export interface Look {
  /** What is there now; and the same as a recording. */
  found: readonly FoundThere[];
  recording: Recording;
  differences: Difference[];
  blind: Blind[];
}

/** Compares machines with the baseline, in one round trip a machine; with a control plane, the cluster too. Changes nothing. */
export async function look(
  inventory: ConnectedInventory,
  baseline: Baseline,
  machines: readonly string[],
): Promise<Look> {
  const { lab, absent } = inventory;
  const mine = recordedMachines(lab).filter((name) => machines.includes(name));
  const there = mine.filter((name) => !absent.has(name));
  const { found, blind } = await see(inventory, there);
  const showsCluster = lab.machines.some((one) => isControlPlane(one) && there.includes(one.name));
  const isHidden = (key: string): boolean => {
    const { machine, kind } = itemOf(key);
    if (!(isOfCluster(kind) ? showsCluster : there.includes(machine))) return true;
    return blind.some(
      (one) => one.machine === machine && (one.recorder === undefined || one.recorder === recorderOf(kind)),
    );
  };
  const known = Object.entries(baseline.recording).filter(([key]) => !isHidden(key));
  const recording = recordingOf(found);
  const gone = mine
    .flatMap((machine) => ({ machine, why: absent.get(machine) ?? "" }))
    .filter(({ why }) => why !== "");
  return {
    found,
    recording,
    differences: differencesBetween(Object.fromEntries(known), recording),
    blind: [...gone, ...blind],
  };
}
