import { z } from "zod";
import { attemptFiles, joinNode } from "../../components/node/join.ts";
import { clearHalfDone } from "../../components/node/unmake.ts";
import { onMachine } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import { machineProbes, markOf } from "../../kubernetes/kubeadm.ts";
import { askNodes, nodeNamesIn } from "../../kubernetes/kubectl.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { step } from "../step.ts";

const authority = "/etc/kubernetes/pki/ca.crt";
const mark = markOf("join");

export const kubeadmJoin = step({
  summary: "Joins a worker to the lab's control plane, with a token that is deleted afterwards.",
  params: z.strictObject({}),

  probe: (_, { lab }) => ({
    mark: sh`test -e ${mark}`,
    authority: sh`sha256sum <${authority}`,
    clusterAuthority: onMachine(controlPlaneOf(lab), sh`sha256sum <${authority}`),
    nodes: onMachine(controlPlaneOf(lab), askNodes),
    ...machineProbes,
  }),

  check: (facts, _, { lab, machine }) => {
    if (facts.mark.code !== 0) return ["the machine has not joined the cluster"];
    if (facts.authority.stdout !== facts.clusterAuthority.stdout) {
      return ["the machine has joined another cluster than the one that there is now"];
    }
    const isKnown = nodeNamesIn(facts.nodes)?.includes(machine.name) ?? true;
    return !isKnown ? [`${controlPlaneOf(lab)} has no node ${machine.name}`] : [];
  },

  apply: async (host, _, context, facts) =>
    joinNode(host, await context.on(controlPlaneOf(context.lab)), context, facts),

  undo: async (host) => {
    await host.run(clearHalfDone);
    await host.run(sh`
      rm -f ${[...attemptFiles, mark]}`);
  },

  patience: { seconds: 30, for: "the node to appear in the cluster" },
});
