import { setIn } from "../../lab/machine-set.ts";
import type { Lab } from "../../lab/types.ts";
import { machineAddress } from "../machine/subnet.ts";
import { type Incus, label } from "./incus.ts";
import { allInstances, type Instance } from "./instance.ts";
import { instanceName } from "./names.ts";
import { networksOf } from "./network.ts";
import { projectsOf } from "./project.ts";

/**
 * All instances, of all owners. Of those on a member that does not answer a cluster reports only place and name:
 * for the lab's, its file stands in for their labels.
 */
export async function listInstances(incus: Incus, lab: Lab): Promise<Instance[]> {
  const all = await allInstances(incus);
  if (!all.some(isSilent)) return all;
  const projects = await projectsOf(incus, lab.name);
  const networks = await networksOf(incus, lab.name);
  return all.map((one) => {
    const project = projects.find(({ name }) => name === one.project);
    const network = project && networks.find(({ set }) => set === setIn(label, project.config));
    if (!isSilent(one) || !network) return one;
    return { ...one, silent: true, config: recalled(one.name, lab, network.subnet, project.config) };
  });
}

const isSilent = ({ config }: Instance): boolean => Object.keys(config).length === 0;

function recalled(
  instance: string,
  lab: Lab,
  subnet: string,
  { [label.id]: id, [label.owner]: owner, [label.set]: set }: Readonly<Record<string, string>>,
): Instance["config"] {
  const place = lab.machines.findIndex(({ name }) => instanceName(name) === instance);
  const machine = lab.machines[place];
  return {
    [label.lab]: lab.name,
    ...(id && { [label.id]: id }),
    ...(owner && { [label.owner]: owner }),
    ...(set && { [label.set]: set }),
    ...(machine && { [label.machine]: machine.name, [label.address]: machineAddress(subnet, place) }),
  };
}
