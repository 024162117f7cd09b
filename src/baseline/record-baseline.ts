import type { Inventory } from "../engine/observe.ts";
import { setName } from "../lab/machine-set.ts";
import { isControlPlane } from "../lab/roles.ts";
import type { Lab } from "../lab/types.ts";
import { recordedMachines, recordingFailed, recordingOf } from "../recording/record.ts";
import { isOfCluster, itemOf, keyOf, type Recording } from "../recording/types.ts";
import { type Baseline, type Before, decidedBy, writeBaseline } from "./baseline.ts";
import { keepContents, removeOtherContents } from "./contents.ts";
import { clusterMachine, recorderOf, see } from "./see.ts";

/** A baseline that a run changes, and the lab before that run. */
export interface Former {
  baseline: Baseline;
  before: Before;
}

/** What can be seen of the lab before a run that creates the machines `fresh`. Changes nothing. */
export async function seeBefore(
  inventory: Inventory,
  machines: readonly string[],
  fresh: readonly string[],
): Promise<Before> {
  const { found, blind } = await see(inventory, machines);
  const isUnseen = (machine: string) =>
    blind.some((one) => one.machine === machine && one.recorder === undefined);
  return {
    recording: recordingOf(found),
    seen: machines.filter((machine) => !isUnseen(machine)),
    unseen: blind.flatMap(({ machine, recorder }) =>
      recorder === undefined ? [] : [`${machine} ${recorder}`],
    ),
    fresh: [...fresh],
  };
}

/**
 * Records the lab's baseline: without a former one, by hand, whatever is there. With a former one, only what the run has changed enters
 * it: what somebody else has changed since then is still to be undone. Throws `recording-failed` if something cannot be seen.
 */
export async function recordBaseline(inventory: Inventory, former?: Former): Promise<Baseline> {
  const { found, blind } = await see(inventory, recordedMachines(inventory.lab));
  const [first] = blind;
  if (first) throw recordingFailed(`the baseline cannot be recorded: ${first.machine} ${first.why}`);
  const now = recordingOf(found);
  const recording = former ? carriedOver(inventory.lab, former, now) : now;
  await keepContents(
    inventory,
    found.filter((item) => recording[keyOf(item)] === item.value),
  );
  const baseline = await writeBaseline(setName(inventory.lab), {
    recorded: new Date().toISOString(),
    decided: decidedBy(inventory.lab),
    recording,
    ...((!former || former.baseline.byHand) && { byHand: true as const }),
  });
  // A rebuild puts back what the former one had.
  await removeOtherContents(setName(inventory.lab), [recording, former?.baseline.recording ?? {}]);
  return baseline;
}

/**
 * The former baseline, in which everything that the run changed, and everything of new machines, has its value of now. What
 * could not be seen before the run keeps its former value.
 */
export function carriedOver(
  lab: Pick<Lab, "machines">,
  { baseline, before }: Former,
  now: Recording,
): Recording {
  const isSeen = sightOf(lab, before);
  const keys = [...new Set([...Object.keys(baseline.recording), ...Object.keys(now)])].sort();
  return Object.fromEntries(
    keys.flatMap((key): [string, string][] => {
      const sight = isSeen(key);
      const stays = sight === "unseen" || (sight === "seen" && before.recording[key] === now[key]);
      const value = stays ? baseline.recording[key] : now[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** Whether an item's place is new, or was seen before. A cluster is as new as all its control planes. */
function sightOf(lab: Pick<Lab, "machines">, { seen, unseen, fresh }: Before) {
  const planes = lab.machines.filter(isControlPlane).map(({ name }) => name);
  return (key: string): "new" | "seen" | "unseen" => {
    const { machine, kind } = itemOf(key);
    const ofCluster = isOfCluster(kind) && machine === clusterMachine(lab);
    if (ofCluster ? planes.every((name) => fresh.includes(name)) : fresh.includes(machine)) return "new";
    const isThere = ofCluster ? planes.some((name) => seen.includes(name)) : seen.includes(machine);
    return isThere && !unseen.includes(`${machine} ${recorderOf(kind)}`) ? "seen" : "unseen";
  };
}
