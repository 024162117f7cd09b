import type { Lab } from "../../lab/types.ts";
import { machineAddress } from "../shared/subnet.ts";
import { type Incus, label } from "./incus.ts";
import { allInstances, type Instance } from "./instance.ts";
import { instanceName } from "./names.ts";
import { networksOf } from "./network.ts";
import { projectsOf } from "./project.ts";

/**
 * All instances, whoever's they are. Of those on a member that does not answer a cluster tells only where they are and
 * what they are called: for the lab's, its file tells what their labels would.
 */
export async function listInstances(incus: Incus, lab: Lab): Promise<Instance[]> {
  const all = await allInstances(incus);
  if (!all.some(isSilent)) return all;
  const projects = await projectsOf(incus, lab.name);
  const [network] = await networksOf(incus, lab.name);
  return all.map((one) => {
    if (!isSilent(one) || !projects.includes(one.project) || !network) return one;
    return { ...one, silent: true, config: recalled(one.name, lab, network.subnet) };
  });
}

const isSilent = ({ config }: Instance): boolean => Object.keys(config).length === 0;

function recalled(instance: string, lab: Lab, subnet: string): Instance["config"] {
  const place = lab.machines.findIndex(({ name }) => instanceName(name) === instance);
  const machine = lab.machines[place];
  return {
    [label.lab]: lab.name,
    ...(machine && { [label.machine]: machine.name, [label.address]: machineAddress(subnet, place) }),
  };
}
