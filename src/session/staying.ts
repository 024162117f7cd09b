import { isControlPlane } from "../lab/roles.ts";
import type { MachineInfo } from "../providers/types.ts";
import type { ConnectedInventory } from "./inventory.ts";

/** The control planes that exist and are not removed: what machines leave the cluster through, if it runs. */
export const stayingControlPlanes = ({
  lab,
  found,
  removed,
}: Pick<ConnectedInventory, "lab" | "found" | "removed">): MachineInfo[] =>
  lab.machines
    .filter((machine) => isControlPlane(machine) && !removed.some(({ name }) => name === machine.name))
    .flatMap((machine) => found.filter(({ name }) => name === machine.name));
