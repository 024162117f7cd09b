import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { askNodes, kubectl, nodeNamesIn } from "../../kubernetes/kubectl.ts";
import { step } from "../step.ts";

export const clusterMembers = step({
  summary: "Removes nodes from the cluster that are not machines of the lab.",
  params: z.strictObject({}),

  probe: () => ({ nodes: askNodes }),

  check: (facts, _, { lab }) => {
    const nodes = nodeNamesIn(facts.nodes);
    if (!nodes) return ["the API server does not answer"];
    return nodes
      .filter((name) => !lab.machines.some((machine) => machine.name === name))
      .map((name) => `the node ${name} is not a machine of the lab`);
  },

  apply: async (host, _, { lab }) => {
    const nodes = nodeNamesIn(await host.run(askNodes)) ?? [];
    for (const node of nodes.filter((name) => !lab.machines.some((machine) => machine.name === name))) {
      await host.run(kubectl(sh`delete --ignore-not-found node ${node}`));
      // Nothing on a removed machine could end them, and until they are gone services send requests to them.
      const onNode = sh`--all-namespaces --field-selector ${`spec.nodeName=${node}`}`;
      await host.run(kubectl(sh`delete pods ${onNode} --force --grace-period=0 --wait=false`));
    }
  },
});
