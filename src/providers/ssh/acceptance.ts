import { networkOf } from "../../components/network/networks.ts";
import type { PodNetwork } from "../../components/network/pod-network.ts";
import type { Access, Host } from "../../hosts/types.ts";
import { isRootThere } from "../../lab/accounts.ts";
import { isNode, isOfCluster } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { endpointRefusals, takenEndpoint } from "./endpoint.ts";
import { type HostObservation, type ObservedHost, onHost } from "./observation.ts";
import { filtered, fullMounts, knocks, overlapping, type Surveyed, sameAddress } from "./preflight.ts";
import { type Refusal, refusals, refused, sameHost } from "./refusal.ts";

/** Throws if hosts cannot become machines of the lab. Changes nothing. */
export async function assertAcceptable(
  lab: Lab,
  observations: readonly HostObservation[],
  id: string | undefined,
): Promise<void> {
  const seen = observations.filter((observation): observation is ObservedHost => !("silent" in observation));
  const silent = observations.flatMap((observation): Refusal[] =>
    "silent" in observation
      ? [{ message: observation.silent.message, remedy: observation.silent.remedy }]
      : [],
  );
  const own = seen
    .filter(({ machine }) => isRootThere(machine))
    .flatMap((observation) => refusals(observation.machine, observation.seen, id));
  const members = seen.filter(({ machine }) => lab.playbooks.length > 0 && isOfCluster(machine));
  const nodes = members.filter(({ machine }) => isNode(machine));
  const alike = sameHost(new Map(seen.map((observation) => [observation.machine.name, observation.seen])));
  const wrong = [
    ...silent,
    ...own,
    ...alike,
    ...(alike.length > 0 ? [] : sameAddress(members)),
    ...overlapping(members, lab),
    ...endpointRefusals(lab, members),
    ...nodes.filter((node) => !node.seen.marked).flatMap((node) => fullMounts(node, lab)),
  ];
  if (wrong.length > 0) throw refused(wrong);
  const taken = await takenEndpoint(lab, members);
  if (taken.length > 0) throw refused(taken);
  const { ports } = networkOf(lab.cluster);
  // VRRP, between control planes.
  const protocols = lab.cluster.controlPlaneEndpoint === undefined ? [] : ["IP protocol 112"];
  await assertOpenPorts(members, { ports: [...ports, ...protocols] });
}

/** Before anything is sent: a port that a firewall filters would otherwise only be noticed when a node waits for it. */
async function assertOpenPorts(
  members: readonly (Surveyed & { access: Access })[],
  network: Pick<PodNetwork, "ports">,
): Promise<void> {
  const answers = await Promise.all(
    members.map(async (member): Promise<[string, string]> => {
      const { name } = member.machine;
      const ask = (host: Host) => host.run(knocks(member, members));
      return [name, (await onHost(name, member.access, ask)).stdout];
    }),
  );
  const wrong = filtered(members, new Map(answers), network);
  if (wrong.length > 0) throw refused(wrong);
}
