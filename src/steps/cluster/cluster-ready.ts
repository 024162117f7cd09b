import { z } from "zod";
import { networkOf, systemNamespaces } from "../../components/network/networks.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import { onMachine, type Probes } from "../../engine/step.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { ask, jsonOf, kubectl, type List } from "../../kubernetes/kubectl.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { controlPlaneOf, nodesOf } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { step } from "../step.ts";

interface ClusterObject {
  kind: string;
  metadata: { name: string; generation?: number };
  spec?: { updateStrategy?: { type: string }; hostNetwork?: boolean };
  status?: {
    nodeInfo?: { containerRuntimeVersion: string };
    phase?: string;
    conditions?: { type: string; status: string }[];
    observedGeneration?: number;
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
  };
}

/** Between two pods that a DaemonSet replaces, all its pods are Ready, although the next node is not updated yet. */
const isRolledOut = ({ metadata, spec, status }: ClusterObject): boolean =>
  spec?.updateStrategy?.type === "OnDelete" ||
  (status?.observedGeneration === metadata.generation &&
    (status?.updatedNumberScheduled ?? 0) === status?.desiredNumberScheduled);

/** Whether a node runs another container runtime than the lab file names. */
function runtimeDifference({ metadata, status }: ClusterObject, { cluster }: Lab): string[] {
  const { reported } = runtimeOf(cluster);
  const [found] = status?.nodeInfo?.containerRuntimeVersion.split("://") ?? [];
  if (found === undefined || found === reported) return [];
  return [`the node ${metadata.name} runs its containers with ${found}, not with ${reported}`];
}

/** kubectl watches existing objects only, which is cheap: it shows when to check again, not that all is well. */
const waitFor = (what: Command, namespace = "kube-system"): Command =>
  kubectl(sh`-n ${namespace} wait ${what} --all --for=condition=Ready --timeout=8s`);

/** In a cluster without a pod network, nodes are not Ready, and only pods in their node's own network run. */
export const clusterReady = step({
  summary:
    "Waits until every machine of the cluster is a Ready node, every system pod is Ready and every DaemonSet is rolled out.",
  params: z.strictObject({}),

  // As few calls as possible: they are repeated while the machines are busiest.
  probe: (_, { lab }): Probes => {
    const controlPlane = controlPlaneOf(lab);
    const [, namespace] = systemNamespaces(lab.cluster);
    return {
      objects: onMachine(controlPlane, ask(sh`-n kube-system get nodes,daemonsets,pods -o json`)),
      ...(namespace && {
        network: onMachine(controlPlane, ask(sh`-n ${namespace} get daemonsets,pods -o json`)),
      }),
    };
  },

  check: (facts, _, { lab }) => {
    const lists = Object.values(facts).map((output) => jsonOf<List<ClusterObject>>(output)?.items);
    if (lists.includes(undefined)) return ["the API server does not answer"];
    const objects = lists.flatMap((items) => items ?? []);
    const { installation } = networkOf(lab.cluster);
    const ready = objects.filter(isReady);
    const nodes = (installation ? ready : objects).filter(({ kind }) => kind === "Node");
    return [
      ...nodesOf(lab)
        .filter(({ name }) => !nodes.some(({ metadata }) => metadata.name === name))
        .map(
          ({ name }) => `the node ${name} ${installation ? "is not Ready" : "has not joined the cluster"}`,
        ),
      ...objects.filter(({ kind }) => kind === "Node").flatMap((node) => runtimeDifference(node, lab)),
      ...objects
        .filter((one) => one.kind === "DaemonSet" && !isRolledOut(one))
        .map(({ metadata }) => `the DaemonSet ${metadata.name} is not rolled out`),
      ...objects
        .filter((one) => one.kind === "Pod" && !ready.includes(one) && one.status?.phase !== "Succeeded")
        .filter(({ spec }) => installation || spec?.hostNetwork)
        .map(({ metadata }) => `the pod ${metadata.name} is not Ready`),
    ];
  },

  patience: {
    seconds: 300,
    for: "the cluster to be ready",
    until: ({ lab }) => {
      const [, namespace] = systemNamespaces(lab.cluster);
      const ofNetwork = namespace ? sh` && ${waitFor(sh`pods`, namespace)}` : sh``;
      return onMachine(controlPlaneOf(lab), sh`${waitFor(sh`nodes`)} && ${waitFor(sh`pods`)}${ofNetwork}`);
    },
  },
});
