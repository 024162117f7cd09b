import { sh } from "../../hosts/sh.ts";
import { type Removal, removeInOrder } from "../machine/removal.ts";
import { statesOf } from "../machine/sets.ts";
import type { MachineSets } from "../types.ts";
import type { Docker } from "./docker.ts";
import { removeGuard } from "./guard.ts";
import { going, isMachine, ourResources, type Resources, removeContainer, resourcesOf } from "./resources.ts";

/** The sets of a lab's machines that an engine has. */
export function setsOf(lab: string, docker: Docker): MachineSets {
  return {
    async list() {
      const { containers, guards, networks } = await resourcesOf(docker, lab);
      return statesOf(containers.filter(isMachine), [...containers, ...guards, ...networks]);
    },
    async remove(set, activity, signal) {
      const { entrances, ...its } = await ourResources(docker, { name: lab, set });
      const led = entrances.filter((one) => one.set === set);
      return removeInOrder(setGoing(docker, { ...its, entrances: led }), { activity, signal });
    },
  };
}

/** The removals of machines with the entrance, and after them of their networks with what guards them. */
export const setGoing = (
  docker: Docker,
  { containers, entrances, guards, networks }: Omit<Resources, "copies">,
): [Removal[], Removal[]] => [
  going(docker, [...entrances, ...containers], removeContainer),
  [
    ...guards.map((one) => ({ what: one.claim.what, remove: () => removeGuard(docker, one) })),
    ...going(docker, networks, sh`network rm`),
  ],
];
