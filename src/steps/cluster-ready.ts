import { z } from "zod";
import { on, step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { jsonOf, kubectl, type List } from "./shared/kubectl.ts";
import { controlPlaneOf, nodesOf } from "./shared/lab.ts";

interface Conditioned {
  metadata: { name: string; deletionTimestamp?: string };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

const isReady = ({ status }: Conditioned): boolean =>
  status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/** Every machine of the cluster is a Ready node, and every system pod is Ready. Nothing is applied: it is waited for. */
export const clusterReady = step({
  params: z.strictObject({}),

  probe: (_, { lab }) => ({
    nodes: on(controlPlaneOf(lab), kubectl(sh`get nodes -o json`)),
    pods: on(controlPlaneOf(lab), kubectl(sh`-n kube-system get pods -o json`)),
  }),

  check: (facts, _, { lab }) => {
    const nodes = jsonOf<List<Conditioned>>(facts.nodes)?.items;
    const pods = jsonOf<List<Conditioned>>(facts.pods)?.items;
    if (!nodes || !pods) return ["the API server does not answer"];
    const ready = nodes.filter(isReady).map(({ metadata }) => metadata.name);
    return [
      ...nodesOf(lab)
        .filter(({ name }) => !ready.includes(name))
        .map(({ name }) => `the node ${name} is not Ready`),
      ...pods
        .filter((pod) => !isReady(pod) && pod.status?.phase !== "Succeeded")
        .map(({ metadata }) => `the pod ${metadata.name} is not Ready`),
    ];
  },

  patience: { seconds: 300, for: "the cluster to be ready" },
});
