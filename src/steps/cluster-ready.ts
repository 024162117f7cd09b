import { z } from "zod";
import { on, step } from "../engine/step.ts";
import { type Command, sh } from "../hosts/sh.ts";
import { ask, jsonOf, kubectl, type List } from "./shared/kubectl.ts";
import { controlPlaneOf, nodesOf } from "./shared/lab.ts";

interface Conditioned {
  kind: string;
  metadata: { name: string; deletionTimestamp?: string };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

const isReady = ({ status }: Conditioned): boolean =>
  status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/** kubectl watches as cheaply as can be, but only what there is already: so it can tell when to look, not that all is well. */
const waitFor = (what: Command): Command =>
  kubectl(sh`-n kube-system wait ${what} --all --for=condition=Ready --timeout=8s`);

/** Every machine of the cluster is a Ready node, and every system pod is Ready. Nothing is applied: it is waited for. */
export const clusterReady = step({
  params: z.strictObject({}),

  // One call for both: it is asked again and again while the machines have the most to do.
  probe: (_, { lab }) => ({
    objects: on(controlPlaneOf(lab), ask(sh`-n kube-system get nodes,pods -o json`)),
  }),

  check: (facts, _, { lab }) => {
    const objects = jsonOf<List<Conditioned>>(facts.objects)?.items;
    if (!objects) return ["the API server does not answer"];
    const ready = objects.filter(isReady);
    return [
      ...nodesOf(lab)
        .filter(({ name }) => !ready.some(({ kind, metadata }) => kind === "Node" && metadata.name === name))
        .map(({ name }) => `the node ${name} is not Ready`),
      ...objects
        .filter((one) => one.kind === "Pod" && !ready.includes(one) && one.status?.phase !== "Succeeded")
        .map(({ metadata }) => `the pod ${metadata.name} is not Ready`),
    ];
  },

  patience: {
    seconds: 300,
    for: "the cluster to be ready",
    until: ({ lab }) => on(controlPlaneOf(lab), sh`${waitFor(sh`nodes`)} && ${waitFor(sh`pods`)}`),
  },
});
