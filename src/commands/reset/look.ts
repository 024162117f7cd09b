import type { Baseline } from "../../baseline/baseline.ts";
import { labRecorders } from "../../baseline/recorders.ts";
import { LabwrightError, messageOf } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { type Difference, differencesBetween } from "../../recording/differences.ts";
import { recordedMachines, recordingOf, recordMachine } from "../../recording/record.ts";
import { itemOf, type Recording } from "../../recording/types.ts";
import type { ConnectedInventory } from "../../session/inventory.ts";

/** What a lab has that its baseline has not, and the other way round. */
export interface Look {
  /** What is there now. */
  recording: Recording;
  differences: Difference[];
  /** What could not be seen, and why: words that follow the machine's name. */
  blind: { machine: string; why: string; recorder?: string }[];
}

/** Compares machines with the baseline, in one round trip a machine. Changes nothing. */
export async function look(
  inventory: ConnectedInventory,
  baseline: Baseline,
  machines: readonly string[],
): Promise<Look> {
  const mine = recordedMachines(inventory.lab).filter((name) => machines.includes(name));
  const looks = await Promise.all(mine.map((machine) => lookAt(inventory, baseline, machine)));
  return {
    recording: Object.assign({}, ...looks.map(({ recording }) => recording)),
    differences: looks.flatMap(({ differences }) => differences),
    blind: looks.flatMap(({ blind }) => blind),
  };
}

async function lookAt(inventory: ConnectedInventory, baseline: Baseline, machine: string): Promise<Look> {
  const why = inventory.absent.get(machine);
  if (why !== undefined) return nothing([{ machine, why }]);
  try {
    const unseen = new Set<string>();
    const found = await recordMachine(inventory, machine, labRecorders, (recorder) => unseen.add(recorder));
    const isSeen = (key: string): boolean => {
      const item = itemOf(key);
      return item.machine === machine && ![...unseen].some((name) => labRecorders[name]?.owns(item.kind));
    };
    const recording = recordingOf(found);
    return {
      recording,
      differences: differencesBetween(restricted(baseline.recording, isSeen), recording),
      blind: [...unseen].map((name) => ({ machine, why: `does not show its ${name}`, recorder: name })),
    };
  } catch (error) {
    assertNotInterrupted(inventory.signal);
    if (!(error instanceof LabwrightError)) throw error;
    return nothing([{ machine, why: `cannot be looked at: ${messageOf(error)}` }]);
  }
}

const nothing = (blind: Look["blind"]): Look => ({ recording: {}, differences: [], blind });

const restricted = (recording: Recording, isWanted: (key: string) => boolean): Recording =>
  Object.fromEntries(Object.entries(recording).filter(([key]) => isWanted(key)));
