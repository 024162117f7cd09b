import { sh } from "../../hosts/sh.ts";
import { type Removal, removeInOrder } from "../machine/removal.ts";
import type { MachineSets } from "../types.ts";
import type { Docker } from "./docker.ts";
import { allOurs, going, isMachine, type Resources, removeContainer, resourcesOf } from "./resources.ts";

/** The sets of a lab's machines that an engine has. */
export function setsOf(lab: string, docker: Docker): MachineSets {
  return {
    async list() {
      const { containers, networks } = await resourcesOf(docker, lab);
      const sets = [...new Set([...containers, ...networks].map(({ set }) => set))];
      return new Map(
        sets.map((set) => [
          set,
          containers.filter((one) => one.set === set && isMachine(one)).map(({ state }) => state),
        ]),
      );
    },
    async remove(set, activity, signal) {
      const all = await allOurs(docker, lab);
      const has = (one: { set: string }): boolean => one.set === set;
      const { containers, entrances, networks } = all;
      const its = {
        ...all,
        containers: containers.filter(has),
        entrances: entrances.filter(has),
        networks: networks.filter(has),
      };
      return removeInOrder(setGoing(docker, its), { activity, signal });
    },
  };
}

/** The removals of machines with the entrance, and of their networks after them. */
export const setGoing = (
  docker: Docker,
  { containers, entrances, networks }: Resources,
): [Removal[], Removal[]] => [
  going(docker, [...entrances, ...containers], removeContainer),
  going(docker, networks, sh`network rm`),
];
