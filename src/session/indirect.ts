import { apiPort } from "../lab/ports.ts";
import { controlPlaneOf, nodesOf } from "../lab/roles.ts";
import type { Lab } from "../lab/types.ts";
import type { ConnectedInventory } from "./inventory.ts";

/** What is checked from inside the lab only, in one sentence, if this computer does not reach the nodes. */
export function indirectWords(
  lab: Lab,
  { found, reach }: Pick<ConnectedInventory, "found" | "reach">,
): string | undefined {
  const there = nodesOf(lab).filter(({ name }) => found.some((one) => one.name === name && one.running));
  const hidden = there.filter(({ name }) => reach(name, apiPort) === undefined).map(({ name }) => name);
  if (hidden.length === 0 || !lab.playbooks.includes("cluster")) return undefined;
  return `this computer reaches ${hidden.join(", ")} by SSH only: NodePorts are asked from ${controlPlaneOf(lab)}, and kubectl here needs \`labwright kubeconfig --proxy\``;
}
