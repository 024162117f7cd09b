import type { Inventory } from "../engine/observe.ts";
import { LabwrightError, messageOf } from "../errors.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { isControlPlane } from "../lab/roles.ts";
import type { Lab } from "../lab/types.ts";
import { type FoundThere, recordMachine } from "../recording/record.ts";
import { labRecorders } from "./recorders.ts";

/** What could not be seen, and why: words that follow the machine's name. Without `recorder`, nothing of the machine was. */
export interface Blind {
  machine: string;
  recorder?: string;
  why: string;
}

export interface Findings {
  found: FoundThere[];
  blind: Blind[];
}

/** The machine that the cluster's objects are recorded of, whichever control plane shows them. */
export const clusterMachine = ({ machines }: Pick<Lab, "machines">): string | undefined =>
  machines.find(isControlPlane)?.name;

/** Looks at machines, in one round trip each; the cluster's objects are seen on the first control plane of them. Changes nothing. */
export async function see(inventory: Inventory, machines: readonly string[]): Promise<Findings> {
  const { lab } = inventory;
  const shows = lab.machines.find((one) => isControlPlane(one) && machines.includes(one.name))?.name;
  const looks = await Promise.all(
    machines.map((machine) =>
      seeMachine(inventory, machine, machine === shows ? clusterMachine(lab) : undefined),
    ),
  );
  return { found: looks.flatMap(({ found }) => found), blind: looks.flatMap(({ blind }) => blind) };
}

/** With `clusterOf`, the cluster's objects too, as those of that machine. */
async function seeMachine(
  inventory: Inventory,
  machine: string,
  clusterOf: string | undefined,
): Promise<Findings> {
  const { cluster, ...others } = labRecorders;
  const recorders = cluster && clusterOf !== undefined ? labRecorders : others;
  const placeOf = (recorder: string) => (recorder === "cluster" ? (clusterOf ?? machine) : machine);
  const blind: Blind[] = [];
  try {
    const found = await recordMachine(inventory, machine, recorders, (recorder) =>
      blind.push({ machine: placeOf(recorder), recorder, why: `does not show its ${recorder}` }),
    );
    const isShown = ({ kind }: FoundThere): boolean => cluster?.owns(kind) ?? false;
    return {
      found: found.map((one) => (isShown(one) ? { ...one, machine: placeOf("cluster") } : one)),
      blind,
    };
  } catch (error) {
    assertNotInterrupted(inventory.signal);
    if (!(error instanceof LabwrightError)) throw error;
    const why = `cannot be looked at: ${messageOf(error)}`;
    const hidden =
      clusterOf === undefined
        ? []
        : [{ machine: clusterOf, recorder: "cluster", why: `is not shown by ${machine}` }];
    return { found: [], blind: [{ machine, why }, ...hidden] };
  }
}

/** The recorder of a kind, by its name in `labRecorders`. */
export const recorderOf = (kind: string): string =>
  Object.entries(labRecorders).find(([, { owns }]) => owns(kind))?.[0] ?? "cluster";
