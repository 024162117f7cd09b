import { type NetworkPlugin, plugins } from "../../lab/available.ts";
import type { Cluster } from "../../lab/types.ts";
import { type Contents, joined } from "../../linux/backup.ts";
import type { Installation, PodNetwork } from "./pod-network.ts";

/** The lab file's word for a network is the name of its folder. */
async function load(plugin: NetworkPlugin): Promise<[NetworkPlugin, PodNetwork]> {
  const { network }: { network: PodNetwork } = await import(`./${plugin}/network.ts`);
  return [plugin, network];
}

const networks: ReadonlyMap<NetworkPlugin, PodNetwork> = new Map(
  await Promise.all(plugins.supported.map(load)),
);

/** All of them: what a node is cleared of may come from another network than the lab file names now. */
const all: readonly PodNetwork[] = [...networks.values()];

/** The pod network of a lab's cluster. */
export function networkOf({ network: { plugin } }: Cluster): PodNetwork {
  const network = networks.get(plugin);
  if (!network) throw new RangeError(`there is no network plugin ${plugin}`);
  return network;
}

/** Where the pods of Kubernetes itself and of the pod network run; kube-system is the first. */
export function systemNamespaces(cluster: Cluster): string[] {
  const { namespace } = networkOf(cluster);
  return ["kube-system", ...(namespace === undefined ? [] : [namespace])];
}

/** The networks that labwright can install, with the lab file's words for them. */
export const installations = (): {
  plugin: NetworkPlugin;
  network: PodNetwork;
  installation: Installation;
}[] =>
  [...networks].flatMap(([plugin, network]) =>
    network.installation ? [{ plugin, network, installation: network.installation }] : [],
  );

/** What any network has of a kind. */
export const ofNetworks = <T>(part: (network: PodNetwork) => readonly T[]): T[] => all.flatMap(part);

type Part = "state" | "configuration" | "programs" | "ownPrograms" | "logs" | "runtime";

/** What any network writes in the folders of these kinds. */
export function networkContents(...parts: Part[]): Contents {
  return joined(parts.flatMap((part) => all.map((network) => network[part])));
}
