import { z } from "zod";
import type { CheckContext } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { askMembers, isMemberOn, membersIn, removeMember } from "../../kubernetes/etcd-members.ts";
import { askNodes, kubectl, nodeNamesIn } from "../../kubernetes/kubectl.ts";
import { isControlPlane } from "../../lab/roles.ts";
import { step } from "../step.ts";

export const clusterMembers = step({
  summary:
    "Removes nodes from the cluster that are not machines of the lab, and members from etcd that are not its control planes.",
  params: z.strictObject({}),

  probe: () => ({ nodes: askNodes, members: askMembers }),

  check: (facts, _, context) => {
    const nodes = otherNodes(facts.nodes, context);
    if (!nodes) return ["the API server does not answer"];
    return [
      ...nodes.map((name) => `the node ${name} is not a machine of the lab`),
      ...otherMembers(facts.members, context).map(
        ({ name, peer }) => `etcd's member ${name} at ${peer} is not a control plane of the lab`,
      ),
    ];
  },

  apply: async (host, _, context, facts) => {
    for (const member of otherMembers(facts.members, context)) await host.run(removeMember(member));
    for (const node of otherNodes(facts.nodes, context) ?? []) {
      await host.run(kubectl(sh`delete --ignore-not-found node ${node}`));
      // Nothing on a removed machine could end them, and until they are gone services send requests to them.
      const onNode = sh`--all-namespaces --field-selector ${`spec.nodeName=${node}`}`;
      await host.run(kubectl(sh`delete pods ${onNode} --force --grace-period=0 --wait=false`));
    }
  },
});

/** Undefined if the API server does not answer. */
const otherNodes = (nodes: Output, { lab }: CheckContext): string[] | undefined =>
  nodeNamesIn(nodes)?.filter((name) => !lab.machines.some((machine) => machine.name === name));

const otherMembers = (members: Output, { lab, addresses }: CheckContext) =>
  membersIn(members).filter(
    (member) =>
      !lab.machines.some(
        (machine) => isControlPlane(machine) && isMemberOn(member, machine.name, addresses.get(machine.name)),
      ),
  );
