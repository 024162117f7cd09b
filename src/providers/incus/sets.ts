import type { Lab } from "../../lab/types.ts";
import { removeInOrder } from "../machine/removal.ts";
import { statesOf } from "../machine/sets.ts";
import type { MachineSets } from "../types.ts";
import type { Engine } from "./engine.ts";
import { label } from "./incus.ts";
import type { Instance } from "./instance.ts";
import { forgetRules, removalsOf } from "./removals.ts";
import { ourResources, resourcesOf, setOfResource } from "./resources.ts";

/** The sets of a lab's machines that a server has. */
export function setsOf(engine: Engine, lab: Lab): MachineSets {
  const { incus } = engine;
  return {
    async list() {
      const { instances, projects, networks } = await resourcesOf(incus, lab);
      const machines = instances
        .filter(({ config }) => config[label.machine] !== undefined)
        .map((one) => ({ set: setOfResource(one), state: stateOf(one) }));
      const others = [...instances, ...projects].map((one) => ({ set: setOfResource(one) }));
      return statesOf(machines, [...others, ...networks]);
    },
    async remove(set, activity, signal) {
      const its = await ourResources(incus, { ...lab, set });
      const removals = removalsOf(engine, lab, its, `cannot remove the machines of set ${set}`);
      const removed = await removeInOrder(removals, { activity, signal });
      await forgetRules(engine, lab, { sets: [set], networks: its.networks });
      return removed;
    },
  };
}

/** A member that does not answer does not report what its instances do. */
const stateOf = ({ silent, status }: Instance): string =>
  silent ? "unknown" : status === "Frozen" ? "paused" : status.toLowerCase();
