import type { Inventory } from "../engine/observe.ts";
import { setName } from "../lab/machine-set.ts";
import type { Difference } from "../recording/differences.ts";
import { recordedMachines } from "../recording/record.ts";
import { itemOf } from "../recording/types.ts";
import { type Baseline, readBaseline } from "./baseline.ts";
import { recordBaseline, seeBefore } from "./record-baseline.ts";
import { labRecorders } from "./recorders.ts";
import { recorderOf } from "./see.ts";
import { undoDifferences } from "./undo-differences.ts";

/** What a former baseline has, and the present one lacks, of the kinds that can be put back; packages are named with them. */
function lostIn(former: Baseline, present: Baseline): Difference[] {
  const isWanted = (kind: string): boolean =>
    kind === "package" || labRecorders[recorderOf(kind)]?.putBack !== undefined;
  return Object.keys(former.recording)
    .filter((key) => present.recording[key] === undefined)
    .map((key): Difference => ({ ...itemOf(key), how: "gone" }))
    .filter(({ kind }) => isWanted(kind) && !/^(network|firewall) /.test(kind));
}

/**
 * Machines that were created again have what `up` makes. What else a former baseline had of them is put back, and enters the present
 * one. Returns what could not be.
 */
export async function putBackLost(inventory: Inventory, former: Baseline): Promise<Difference[]> {
  const present = await readBaseline(setName(inventory.lab));
  if (!present) return [];
  const lost = lostIn(former, present);
  if (lost.length === 0) return [];
  const before = await seeBefore(inventory, recordedMachines(inventory.lab), []);
  // A unit starts only when its files are there.
  for (let turn = 0; turn < 2; turn += 1) await undoDifferences(inventory, former, lost);
  return lostIn(former, await recordBaseline(inventory, { baseline: present, before }));
}
