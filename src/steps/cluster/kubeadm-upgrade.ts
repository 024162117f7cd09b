import { z } from "zod";
import type { StepContext } from "../../artifacts/step-context.ts";
import type { CheckContext, Facts } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import {
  presentVersions,
  runningKubelet,
  type VersionFacts,
  versionProbes,
  wantedVersions,
} from "../../kubernetes/component-versions.ts";
import { canMoveFrom, type DrainableNode, drain, isMarked, uncordon } from "../../kubernetes/drain.ts";
import { ignoredPreflight, machineKind, machineProbes, runKubeadm } from "../../kubernetes/kubeadm.ts";
import { jsonOf, type List } from "../../kubernetes/kubectl.ts";
import { nodeFolder, nodeProgram } from "../../kubernetes/node-programs.ts";
import { kubernetesNode } from "../../kubernetes/program-sets.ts";
import { skewRefusal } from "../../kubernetes/version-skew.ts";
import { waitForKubelet } from "../../kubernetes/wait-for-node.ts";
import { controlPlaneOf, isControlPlane } from "../../lab/roles.ts";
import { install } from "../../linux/programs.ts";
import { releasesOf } from "../../versions.ts";
import { step } from "../step.ts";
import { patches, writePatches } from "./kubeadm-init.ts";

/** A node is drained before its kubelet changes. */
const ofKubelet = ["kubelet", runningKubelet];

const nodeIn = (facts: VersionFacts, machine: string): DrainableNode | undefined =>
  nodesIn(facts).find(({ metadata }) => metadata.name === machine);

const nodesIn = ({ nodes }: VersionFacts): DrainableNode[] => jsonOf<List<DrainableNode>>(nodes)?.items ?? [];

/** Components of another version than the lab file names. */
function others(
  facts: VersionFacts,
  context: CheckContext,
): { name: string; present: string; wanted: string }[] {
  const wanted = wantedVersions(facts, context.lab);
  return [...presentVersions(facts, context)]
    .map(([name, present]) => ({ name, present, wanted: wanted.get(name) ?? present }))
    .filter(({ present, wanted }) => present !== wanted);
}

export const kubeadmUpgrade = step({
  summary:
    "Brings a node to the lab file's release of Kubernetes: the new kubeadm, `kubeadm upgrade`, then drains the node, replaces kubelet and kubectl, and lets pods return.",
  params: z.strictObject({}),

  probe: (_, context) => ({
    ...versionProbes(context),
    ...machineProbes,
  }),

  check: (facts, _, context) => {
    if (facts.joined.code !== 0) return ["the node does not exist yet"];
    const node = nodeIn(facts, context.machine.name);
    return [
      ...others(facts, context).map(({ name, present, wanted }) => `${name} is ${present}, not ${wanted}`),
      ...(node && isMarked(node) ? ["the node is still cordoned by a run that was interrupted"] : []),
    ];
  },

  refuse: (facts, _, context) => {
    const to = releasesOf(context.lab.cluster.version).kubernetes;
    for (const [component, from] of presentVersions(facts, context)) {
      if (!["kube-apiserver", "kubelet", runningKubelet].includes(component)) continue;
      const refusal = skewRefusal(component, context.machine.name, { from, to });
      if (refusal) return refusal;
    }
    return undefined;
  },

  apply: async (host, _, context, facts) => {
    const { lab, machine } = context;
    const first = await context.on(controlPlaneOf(lab));
    const differing = others(facts, context).map(({ name }) => name);
    const node = nodeIn(facts, machine.name);
    const isDrained = node !== undefined && differing.some((name) => ofKubelet.includes(name));
    let isOurCordon = node !== undefined && isMarked(node);
    await replace(["kubeadm"]);
    if (differing.some((name) => !["kubeadm", "kubectl"].includes(name)))
      await upgradeByKubeadm(host, context, facts);
    if (isDrained && canMoveFrom(machine.name, nodesIn(facts))) {
      context.note("moving its pods to other nodes");
      isOurCordon = (await drain(first, [node])).length > 0;
    } else if (isDrained) context.note("no other node takes pods: they stay while the kubelet is replaced");
    await replace(["kubelet", "kubectl"]);
    if (isDrained) {
      await host.run(sh`systemctl daemon-reload && systemctl restart kubelet`);
      context.note("waiting for the new kubelet");
      await waitForKubelet(first, machine, releasesOf(lab.cluster.version).kubernetes);
    }
    if (isOurCordon) await uncordon(first, machine.name);

    async function replace(programs: readonly string[]): Promise<void> {
      const names = programs.filter((name) => differing.includes(name));
      if (names.length > 0) await install(host, context, kubernetesNode, nodeFolder, names);
    }
  },

  undo: async (host) => {
    await host.run(sh`rm -rf ${patches}`);
  },

  patience: { seconds: 60, for: "the node to report its new versions" },
});

async function upgradeByKubeadm(
  host: Host,
  context: StepContext,
  facts: Facts<"cgroup" | "container">,
): Promise<void> {
  const { lab, machine } = context;
  const ignored = ignoredPreflight(machineKind(facts)).join(",");
  if (isControlPlane(machine)) await writePatches(host);
  const phase =
    machine.name === controlPlaneOf(lab)
      ? sh`apply ${`v${releasesOf(lab.cluster.version).kubernetes}`} --yes`
      : sh`node`;
  const patched = isControlPlane(machine) ? sh`--patches ${patches}` : sh``;
  await runKubeadm(
    host,
    context,
    sh`${nodeProgram("kubeadm")} upgrade ${phase} --ignore-preflight-errors ${ignored} ${patched}`,
  );
}
