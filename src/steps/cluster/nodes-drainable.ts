import { z } from "zod";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import type { CheckContext, Facts } from "../../engine/step.ts";
import type { LabwrightError } from "../../errors.ts";
import { canMoveFrom, type DrainableNode, undrainedWords } from "../../kubernetes/drain.ts";
import { askEvictions, drainRefusal } from "../../kubernetes/eviction.ts";
import { askNodes, jsonOf, type List } from "../../kubernetes/kubectl.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { nodesOf } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { releasesOf } from "../../versions.ts";
import { step } from "../step.ts";

interface Node extends DrainableNode {
  status?: DrainableNode["status"] & {
    nodeInfo?: { kubeletVersion: string; containerRuntimeVersion: string };
  };
}

/** What drains a node asks again; this step asks for all nodes, before the first one is changed or removed. */
export const nodesDrainable = step({
  summary:
    "Expects the pods of every node that `up` drains, for a new release, another container runtime or because its machine is removed, to have a controller, and PodDisruptionBudgets that can let them go.",
  params: z.strictObject({}),

  probe: () => ({ nodes: askNodes, evictions: askEvictions }),

  check: (facts, _, context) => refusalOf(facts, context)?.message.split("\n") ?? [],

  refuse: (facts, _, context) => refusalOf(facts, context),
});

function refusalOf(
  facts: Facts<"nodes" | "evictions">,
  { lab, leaving = [] }: CheckContext,
): LabwrightError | undefined {
  const nodes = jsonOf<List<Node>>(facts.nodes)?.items ?? [];
  const drained = nodes.filter((node) => {
    const { name } = node.metadata;
    if (leaving.includes(name)) return undrainedWords(name, nodes, leaving) === undefined;
    return nodesOf(lab).some((one) => one.name === name) && isDrained(node, lab) && canMoveFrom(name, nodes);
  });
  return drainRefusal(
    drained.map(({ metadata }) => metadata.name),
    facts.evictions,
  );
}

/** A node whose kubelet does not run is not drained for another runtime. */
function isDrained(node: Node, { cluster }: Lab): boolean {
  const info = node.status?.nodeInfo;
  if (info === undefined) return false;
  const { reported } = runtimeOf(cluster);
  return (
    info.kubeletVersion !== `v${releasesOf(cluster.version).kubernetes}` ||
    (isReady(node) && !info.containerRuntimeVersion.startsWith(`${reported}://`))
  );
}
