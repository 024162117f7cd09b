import { z } from "zod";
import { type Command, lines, sh } from "../../hosts/sh.ts";
import { askNodes, jsonOf, kubectl, type List } from "../../kubernetes/kubectl.ts";
import { isControlPlane, nodesOf } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { step } from "../step.ts";

interface Node {
  metadata: { name: string };
  status: { allocatable?: Record<string, string> };
}

/**
 * An extended resource is counted by the scheduler as processors and memory are, but is the same in every lab.
 * https://kubernetes.io/docs/tasks/administer-cluster/extended-resource-node/
 */
export const nodeResource = step({
  summary: "Gives some nodes an extended resource, which pods can request, and no other node.",
  params: z.strictObject({
    resource: z
      .string()
      .regex(
        /^[a-z0-9.-]+\.[a-z]+\/[a-z-]+$/,
        "a name with a domain is expected, such as bakery.example/trays",
      )
      .describe("The name of the resource, with a domain."),
    amount: z.int().min(1).describe("How much of it each of these nodes has."),
    nodes: z.int().min(1).describe("How many nodes have it: workers first, then control planes."),
  }),
  example: { resource: "bakery.example/trays", amount: 6, nodes: 2 },

  probe: () => ({ nodes: askNodes }),

  check: (facts, { resource, amount, nodes }, { lab }) => {
    const found = jsonOf<List<Node>>(facts.nodes)?.items;
    if (!found) return ["the API server does not answer"];
    const having = new Set(chosen(lab, nodes));
    return found.flatMap(({ metadata: { name }, status }) => {
      const seen = Number(status.allocatable?.[resource] ?? 0);
      const wanted = having.has(name) ? amount : 0;
      return seen === wanted ? [] : [`the node ${name} has ${seen} ${resource}, ${wanted} expected`];
    });
  },

  apply: async (host, { resource, amount, nodes }, { lab }) => {
    const having = new Set(chosen(lab, nodes));
    await host.run(
      lines([
        sh`set -e`,
        ...nodesOf(lab).map(({ name }) => give(name, resource, having.has(name) ? String(amount) : null)),
      ]),
    );
  },

  undo: async (host, { resource }, { lab }) => {
    await host.run(lines([sh`set -e`, ...nodesOf(lab).map(({ name }) => give(name, resource, null))]));
  },

  patience: { seconds: 30, for: "the nodes to have the resource" },
});

/** Workers first: on them pods need not tolerate anything. */
const chosen = (lab: Lab, nodes: number): string[] =>
  nodesOf(lab)
    .toSorted((one, other) => Number(isControlPlane(one)) - Number(isControlPlane(other)))
    .slice(0, nodes)
    .map(({ name }) => name);

/** The kubelet derives what is allocatable from the capacity, but only at its next report. */
function give(node: string, resource: string, amount: string | null): Command {
  const both = { [resource]: amount };
  const patch = JSON.stringify({ status: { capacity: both, allocatable: both } });
  return kubectl(sh`patch node ${node} --subresource=status --type=merge --patch ${patch}`);
}
