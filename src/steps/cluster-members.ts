import { z } from "zod";
import { step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { jsonOf, kubectl, type List } from "./shared/kubectl.ts";

type Node = { metadata: { name: string } };

/** The cluster has no node that is no machine of the lab: one that was taken out of the lab file, or renamed. */
export const clusterMembers = step({
  params: z.strictObject({}),

  probe: () => ({ nodes: kubectl(sh`get nodes -o json`) }),

  check: (facts, _, { lab }) => {
    const nodes = jsonOf<List<Node>>(facts.nodes)?.items;
    if (!nodes) return ["the API server does not answer"];
    return nodes
      .map(({ metadata }) => metadata.name)
      .filter((name) => !lab.machines.some((machine) => machine.name === name))
      .map((name) => `the node ${name} is no machine of the lab`);
  },

  apply: async (host, _, { lab }) => {
    const { stdout } = await host.run(kubectl(sh`get nodes -o name`));
    const strangers = stdout
      .split("\n")
      .filter((node) => node !== "" && !lab.machines.some(({ name }) => node === `node/${name}`));
    if (strangers.length > 0) await host.run(kubectl(sh`delete --ignore-not-found ${strangers}`));
  },
});
