import { overlaps } from "../../lab/cidr.ts";
import { isControlPlane } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { answersAt } from "../../linux/links.ts";
import { type ObservedHost, onHost } from "./observation.ts";
import { addressOf, type Surveyed } from "./preflight.ts";
import type { Refusal } from "./refusal.ts";

/** Why `cluster.controlPlaneEndpoint` cannot move between the hosts of control planes: it has to be in the network of each. */
export function endpointRefusals(lab: Lab, hosts: readonly Surveyed[]): Refusal[] {
  const endpoint = lab.cluster.controlPlaneEndpoint;
  if (endpoint === undefined) return [];
  const owner = hosts.find((host) => addressOf(host) === endpoint);
  if (owner) return [inUse(endpoint, `it is the address of ${owner.machine.name}`)];
  return hosts.flatMap((host) => {
    const own = host.seen.networks.find(({ network }) => network.startsWith(`${addressOf(host)}/`));
    if (!isControlPlane(host.machine) || own === undefined || overlaps(own.network, `${endpoint}/32`))
      return [];
    return [
      {
        message: `the address ${endpoint} of the API server is not in the network ${own.network} of ${host.machine.name} (${own.link})`,
        remedy: "In the lab file, give `cluster.controlPlaneEndpoint` a free address of that network.",
      },
    ];
  });
}

/**
 * Why the address is not free, as hosts of control planes see it. They are only asked while none of them is the lab's: later the
 * address is on one of them.
 */
export async function takenEndpoint(lab: Lab, hosts: readonly ObservedHost[]): Promise<Refusal[]> {
  const endpoint = lab.cluster.controlPlaneEndpoint;
  const planes = hosts.filter(({ machine }) => isControlPlane(machine));
  const isNew =
    planes.length === lab.machines.filter(isControlPlane).length && !planes.some(({ seen }) => seen.marked);
  if (endpoint === undefined || !isNew) return [];
  const answers = planes.map(async ({ machine: { name }, access }) => {
    const { stdout } = await onHost(name, access, (host) => host.run(answersAt(endpoint)));
    return stdout.trim() === "" ? [] : [`${stdout.trim()} answers ${name}`];
  });
  const heard = (await Promise.all(answers)).flat();
  return heard.length > 0 ? [inUse(endpoint, heard.join(", "))] : [];
}

const inUse = (endpoint: string, why: string): Refusal => ({
  message: `the address ${endpoint} of the API server is in use: ${why}`,
  remedy: "In the lab file, give `cluster.controlPlaneEndpoint` a free address of the machines' network.",
});
