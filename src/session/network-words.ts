import { networkOf } from "../components/network/networks.ts";
import { askNodes, nodeNamesIn } from "../kubernetes/kubectl.ts";
import { readyNodesIn } from "../kubernetes/ready.ts";
import { controlPlaneOf, nodesOf } from "../lab/roles.ts";
import type { Lab } from "../lab/types.ts";
import type { ConnectedInventory } from "./inventory.ts";

/** What to do about nodes that are not Ready because the lab file names no pod network; undefined if there are none. */
export async function networkWords(
  lab: Lab,
  { host }: Pick<ConnectedInventory, "host">,
): Promise<string | undefined> {
  if (networkOf(lab.cluster).installation || nodesOf(lab).length === 0) return undefined;
  const controlPlane = await host(controlPlaneOf(lab));
  const nodes = await controlPlane.run(askNodes, { accept: "any" });
  const ready = readyNodesIn(nodes) ?? [];
  const waiting = (nodeNamesIn(nodes) ?? []).filter((name) => !ready.includes(name));
  if (waiting.length === 0) return undefined;
  return `${waiting.join(", ")} stay NotReady until you install a pod network for ${lab.cluster.network.podSubnet} (cluster.network.plugin: none), such as with \`kubectl --context ${lab.name} apply -f FILE\``;
}
