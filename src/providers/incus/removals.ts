import { sh } from "../../hosts/sh.ts";
import type { Removal } from "../machine/removal.ts";
import { forgetDocker } from "./docker-rules.ts";
import type { Engine } from "./engine.ts";
import type { Incus } from "./incus.ts";
import { type Instance, removeInstance } from "./instance.ts";
import { assertAnswer, assertCarried } from "./members.ts";
import { type Network, removeNetwork } from "./network.ts";
import { instanceWords, type Resources } from "./resources.ts";

const going = <T extends { name: string }>(
  kind: string,
  resources: readonly T[],
  remove: (resource: T) => Promise<unknown>,
): Removal[] => resources.map((one) => ({ what: `${kind} ${one.name}`, remove: () => remove(one) }));

export const instanceRemovals = (incus: Incus, instances: readonly Instance[]): Removal[] =>
  instances.map((one) => ({ what: instanceWords(one), remove: () => removeInstance(incus, one) }));

/** The removals of resources, each group after those that use it. Throws `member-offline` if a server cannot remove all of them. */
export function removalsOf(
  { incus, members }: Engine,
  { instances, projects, networks }: Resources,
  why: string,
): Removal[][] {
  if (networks.length > 0) assertAnswer(members, why);
  for (const one of instances) if (one.silent) assertCarried(members, one, why);
  const withRules = async (network: Network): Promise<void> => {
    // First: a run that is killed between the two still finds the network.
    if (incus.remote === undefined) await forgetDocker(network.name);
    await removeNetwork(incus, network);
  };
  return [
    instanceRemovals(incus, instances),
    going("project", projects, (project) => incus.run(sh`project delete ${incus.at(project.name)}`)),
    going("network", networks, withRules),
  ];
}
