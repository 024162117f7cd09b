import { LabwrightError } from "../../errors.ts";
import type { Access } from "../../hosts/types.ts";
import type { Machine } from "../../lab/types.ts";
import type { Found } from "../types.ts";
import type { Fate } from "./fate.ts";
import { leftoversOn } from "./give-back.ts";
import { isMine } from "./refusal.ts";
import { foundIn, look, type Sight } from "./sight.ts";
import type { Survey } from "./survey.ts";
import { isAt, type TakenHost } from "./taken.ts";

/** A host that the lab has taken, as it may be reached although no machine of the lab file is there. */
export interface Departed {
  /** What it is called beside the machines of the lab file. */
  name: string;
  taken: TakenHost;
  access: Access;
}

export type Placed = Pick<Access, "host" | "port">;

/** The hosts at which no machine of the lab file is, with names that no machine of the file has. */
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

/** Whether the mark on a host is of that taking. */
export const carriesMarkOf = ({ mark }: Survey, { machine, since }: TakenHost): boolean =>
  mark?.machine === machine && mark.since === since;

/** Whether a machine of the lab file is still this host: it has a new address, or it does not answer. */
export const isStillNamed = ({ taken }: Pick<Departed, "taken">, sights: readonly Sight[]): boolean =>
  sights.some(
    (sight) =>
      sight.machine.name === taken.machine && ("silent" in sight || carriesMarkOf(sight.seen, taken)),
  );

const machineOf = ({ made, machine }: TakenHost): Machine => {
  const newest = made.at(-1)?.machine;
  return { name: machine, role: "", user: "", sudo: "none", ...newest };
};

/** Asks a host that the lab has taken what has become of it. Changes nothing. */
export async function fateOf(host: Departed, id: string | undefined): Promise<Fate> {
  const sight = await lookAny(host);
  return fateIn(sight, host.taken, id);
}

/** The same of a host that was looked at; `taken` is absent if nothing says that the lab has taken it. */
export async function fateIn(
  sight: Sight,
  taken: TakenHost | undefined,
  id: string | undefined,
): Promise<Fate> {
  if ("silent" in sight) return { kind: "silent", why: `does not answer: ${sight.silent.message}` };
  const { mark, marked } = sight.seen;
  const name = taken?.machine ?? sight.machine.name;
  if (isMine({ ...sight.machine, name }, sight.seen, id)) return { kind: "ours", sight };
  if (!taken) return { kind: "clean" };
  if (mark) return { kind: "lost", why: `now belongs to the lab ${mark.lab} of ${mark.owner}` };
  const left = await leftoversOn(sight.machine.name, sight.access);
  if (left.length === 0 && !marked) return { kind: "clean" };
  return {
    kind: "lost",
    why: `no longer carries the lab's mark, but still has ${left.slice(0, 3).join(", ")}`,
  };
}

/** Why a host that nobody names any more does not let us in is worth a word, and no reason to stop. */
async function lookAny({ name, taken, access }: Departed): Promise<Sight> {
  const machine = { ...machineOf(taken), name };
  return look(machine, access).catch((error: unknown) => {
    if (error instanceof LabwrightError) return { machine, access, silent: error };
    throw error;
  });
}

/** As the provider lists it; undefined if there is nothing to give back. */
export function foundBy({ name, taken, access }: Departed, fate: Fate): Found | undefined {
  if (fate.kind === "clean") return undefined;
  const past = taken.made;
  if (fate.kind === "ours") return { ...foundIn(fate.sight), past };
  return {
    ...{ name, running: false, pending: fate.why, address: access.host, access, past },
    reach: () => undefined,
  };
}
