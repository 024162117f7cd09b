import { LabwrightError } from "../../errors.ts";
import type { Access } from "../../hosts/types.ts";
import type { Machine } from "../../lab/types.ts";
import type { MachineInfo } from "../types.ts";
import type { Fate } from "./fate.ts";
import { foundIn, type HostObservation, observe } from "./observation.ts";
import { isMine } from "./refusal.ts";
import { leftoversOn } from "./restore-host.ts";
import type { Survey } from "./survey.ts";
import { isAt, type TakenHost } from "./taken.ts";

/** A host that the lab has taken, and how to reach it although no machine of the lab file is there. */
export interface Departed {
  /** Its name beside the machines of the lab file. */
  name: string;
  taken: TakenHost;
  access: Access;
}

export type Placed = Pick<Access, "host" | "port">;

/** The taken hosts without a machine of the lab file, with names that no machine of the file has. */
export function departedFrom(
  taken: readonly TakenHost[],
  machines: readonly Machine[],
  placeOf: (machine: Machine) => Placed,
): { name: string; taken: TakenHost }[] {
  return taken
    .filter((one) => !machines.some((machine) => isAt(one, machine, placeOf(machine))))
    .map((one) => {
      const isUsed = machines.some(({ name }) => name === one.machine);
      return { name: isUsed ? `${one.machine}@${one.way.host}` : one.machine, taken: one };
    });
}

/** Whether the mark on a host belongs to that taking. */
export const carriesMarkOf = ({ mark }: Survey, { machine, since }: TakenHost): boolean =>
  mark?.machine === machine && mark.since === since;

/** Whether a machine of the lab file is still this host: it has a new address, or it does not answer. */
export const isStillNamed = (
  { taken }: Pick<Departed, "taken">,
  observations: readonly HostObservation[],
): boolean =>
  observations.some(
    (observation) =>
      observation.machine.name === taken.machine &&
      ("silent" in observation || carriesMarkOf(observation.seen, taken)),
  );

const machineOf = ({ made, machine }: TakenHost): Machine => {
  const newest = made.at(-1)?.machine;
  return { name: machine, role: "", user: "", sudo: "none", ...newest };
};

/** Asks a host that the lab has taken for its state. Changes nothing. */
export async function fateOf(host: Departed, id: string | undefined): Promise<Fate> {
  const observation = await lookAny(host);
  return fateIn(observation, host.taken, id);
}

/** The same for a host that was observed; `taken` is absent if nothing shows that the lab has taken it. */
export async function fateIn(
  observation: HostObservation,
  taken: TakenHost | undefined,
  id: string | undefined,
): Promise<Fate> {
  if ("silent" in observation)
    return { kind: "silent", why: `does not answer: ${observation.silent.message}` };
  const { mark, marked } = observation.seen;
  const name = taken?.machine ?? observation.machine.name;
  if (isMine({ ...observation.machine, name }, observation.seen, id)) return { kind: "ours", observation };
  if (!taken) return { kind: "clean" };
  if (mark) return { kind: "lost", why: `now belongs to the lab ${mark.lab} of ${mark.owner}` };
  const left = await leftoversOn(observation.machine.name, observation.access);
  if (left.length === 0 && !marked) return { kind: "clean" };
  return {
    kind: "lost",
    why: `no longer carries the lab's mark, but still has ${left.slice(0, 3).join(", ")}`,
  };
}

/** A host that the lab file no longer names and that refuses our login is reported, and is not an error. */
async function lookAny({ name, taken, access }: Departed): Promise<HostObservation> {
  const machine = { ...machineOf(taken), name };
  return observe(machine, access).catch((error: unknown) => {
    if (error instanceof LabwrightError) return { machine, access, silent: error };
    throw error;
  });
}

/** As the provider lists it; undefined if there is nothing to restore. */
export function foundBy({ name, taken, access }: Departed, fate: Fate): MachineInfo | undefined {
  if (fate.kind === "clean") return undefined;
  const past = taken.made;
  if (fate.kind === "ours") return { ...foundIn(fate.observation), past };
  return {
    ...{ name, running: false, pending: fate.why, address: access.host, access, past },
    reach: () => undefined,
  };
}
