import { sh } from "../../hosts/sh.ts";
import type { MachineSet } from "../../lab/machine-set.ts";
import type { Removal } from "../machine/removal.ts";
import { removeAccessRules } from "./access-rules.ts";
import { forgetDocker } from "./docker-rules.ts";
import type { Engine } from "./engine.ts";
import type { Incus } from "./incus.ts";
import { type Instance, removeInstance } from "./instance.ts";
import { assertAnswer, assertCarried } from "./members.ts";
import { networkName } from "./names.ts";
import { type Network, removeNetwork } from "./network.ts";
import { instanceWords, type Resources } from "./resources.ts";

const going = <T extends { name: string }>(
  kind: string,
  resources: readonly T[],
  remove: (resource: T) => Promise<unknown>,
): Removal[] => resources.map((one) => ({ what: `${kind} ${one.name}`, remove: () => remove(one) }));

export const instanceRemovals = (incus: Incus, instances: readonly Instance[]): Removal[] =>
  instances.map((one) => ({ what: instanceWords(one), remove: () => removeInstance(incus, one) }));

/** Removes the rules about networks of a lab's sets that are gone, as after a removal by hand. Other computers' rules are not ours. */
export async function forgetRules(
  { incus }: Engine,
  lab: MachineSet,
  { sets, networks }: { sets: Iterable<string>; networks: readonly Network[] },
): Promise<void> {
  const removed = networks.map(({ name }) => name);
  const names = [...new Set(sets)].map((set) => networkName({ ...lab, set }));
  for (const name of names) if (!removed.includes(name)) await forgetRulesOf(incus, name, lab);
}

async function forgetRulesOf(incus: Incus, network: string, lab: Pick<MachineSet, "name">): Promise<void> {
  if (incus.remote === undefined) await forgetDocker(network);
  await removeAccessRules(incus, { name: network, lab: lab.name });
}

/** The removals of resources, each group after those that use it. Throws `member-offline` if a server cannot remove all of them. */
export function removalsOf(
  { incus, members }: Engine,
  lab: Pick<MachineSet, "name">,
  { instances, projects, networks }: Resources,
  why: string,
): Removal[][] {
  if (networks.length > 0) assertAnswer(members, why);
  for (const one of instances) if (one.silent) assertCarried(members, one, why);
  const withRules = async (network: Network): Promise<void> => {
    // First: a run that is killed between the two still finds the network.
    await forgetRulesOf(incus, network.name, lab);
    await removeNetwork(incus, network);
  };
  return [
    instanceRemovals(incus, instances),
    going("project", projects, (project) => incus.run(sh`project delete ${incus.at(project.name)}`)),
    going("network", networks, withRules),
  ];
}
