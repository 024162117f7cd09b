import { sh } from "../../hosts/sh.ts";
import { type Removal, removeInOrder } from "../machine/removal.ts";
import { statesOf } from "../machine/sets.ts";
import type { MachineSets } from "../types.ts";
import type { Docker } from "./docker.ts";
import { going, isMachine, ourResources, type Resources, removeContainer, resourcesOf } from "./resources.ts";

/** The sets of a lab's machines that an engine has. */
export function setsOf(lab: string, docker: Docker): MachineSets {
  return {
    async list() {
      const { containers, networks } = await resourcesOf(docker, lab);
      return statesOf(containers.filter(isMachine), [...containers, ...networks]);
    },
    async remove(set, activity, signal) {
      const { entrances, ...its } = await ourResources(docker, { name: lab, set });
      const led = entrances.filter((one) => one.set === set);
      return removeInOrder(setGoing(docker, { ...its, entrances: led }), { activity, signal });
    },
  };
}

/** The removals of machines with the entrance, and of their networks after them. */
export const setGoing = (
  docker: Docker,
  { containers, entrances, networks }: Pick<Resources, "containers" | "entrances" | "networks">,
): [Removal[], Removal[]] => [
  going(docker, [...entrances, ...containers], removeContainer),
  going(docker, networks, sh`network rm`),
];
