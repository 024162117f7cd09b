import type { Access } from "../../hosts/types.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import type { Made } from "../types.ts";
import { isAt, madeWith, type TakenHost, takenHosts, writeTaken } from "./taken.ts";
import { wayOf } from "./way.ts";

/** A machine of the lab file that is taken, or about to be. */
export interface Taking {
  machine: Machine;
  access: Access;
  /** The time in its mark. */
  since: string;
}

/** What the lab file sets up on a machine. */
export const madeOf = ({ playbooks, cluster }: Lab, machine: Machine): Made => ({
  ...{ machine, playbooks, cluster },
});

/** Records hosts as taken; earlier records of the same host are continued. The caller holds the lab's lock. */
export async function keepTaken(lab: Lab, takings: readonly Taking[]): Promise<void> {
  if (takings.length === 0) return;
  const before = await takenHosts(lab.name);
  const isSame = (one: TakenHost, { machine, access, since }: Taking) =>
    one.machine === machine.name && (one.since === since || isAt(one, machine, access));
  const fresh = takings.map((taking): TakenHost => {
    const { machine, access, since } = taking;
    const made = before.find((one) => isSame(one, taking))?.made ?? [];
    return { machine: machine.name, since, way: wayOf(access), made: madeWith(made, madeOf(lab, machine)) };
  });
  const others = before.filter((one) => !takings.some((taking) => isSame(one, taking)));
  await writeTaken(lab.name, [...others, ...fresh]);
}

/** Removes notes of hosts that were restored. The caller holds the lab's lock. */
export async function dropTaken(lab: string, gone: readonly TakenHost[]): Promise<void> {
  if (gone.length === 0) return;
  const before = await takenHosts(lab);
  const isGone = (one: TakenHost) =>
    gone.some(({ machine, since }) => one.machine === machine && one.since === since);
  await writeTaken(
    lab,
    before.filter((one) => !isGone(one)),
  );
}
