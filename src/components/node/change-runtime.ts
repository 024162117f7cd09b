import type { StepContext } from "../../artifacts/step-context.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { canMoveFrom, type DrainableNode, drain, isMarked, uncordon } from "../../kubernetes/drain.ts";
import { imagesRecord } from "../../kubernetes/images.ts";
import { askNodes, jsonOf, kubectl, type List } from "../../kubernetes/kubectl.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { waitForNode } from "../../kubernetes/wait-for-node.ts";
import { controlPlaneOf, isControlPlane } from "../../lab/roles.ts";
import { clusterSets } from "../image-sets.ts";
import { endpointFiles, endpointOf } from "../runtime/endpoint.ts";
import { loadImages } from "../runtime/load-images.ts";
import { runtimeOf } from "../runtime/runtimes.ts";
import { endPodsOfMember } from "./end-pods.ts";

/** kubeadm up to 1.35 asks the node itself: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const annotation = "kubeadm.alpha.kubernetes.io/cri-socket";

/** What a change does to the machine itself. */
export interface RuntimeChange {
  /** Fetches what will be installed, and throws if the runtime cannot be removed; changes nothing. */
  prepare(): Promise<void>;
  /** Removes the runtime that is there, with its containers. */
  uninstall(): Promise<void>;
  install(): Promise<void>;
}

/**
 * Gives a node another container runtime: its pods move to other nodes, its containers end, and the kubelet, which keeps its
 * identity, goes on with the new runtime. A run that was cut short is repeated from the beginning.
 * https://kubernetes.io/docs/tasks/administer-cluster/migrating-from-dockershim/
 */
export async function changeRuntime(host: Host, context: StepContext, change: RuntimeChange): Promise<void> {
  const { lab, machine } = context;
  const { reported, name } = runtimeOf(lab.cluster);
  const first = await context.on(controlPlaneOf(lab));
  await change.prepare();
  const answer = jsonOf<List<DrainableNode>>(await first.run(askNodes, { accept: "any" }));
  // A control plane whose change was cut short has no API server until it is repeated.
  if (!answer && !isControlPlane(machine)) throw noAnswer(machine.name);
  const nodes = answer?.items ?? [];
  const node = nodes.find(({ metadata }) => metadata.name === machine.name);
  let isOurCordon = node !== undefined && isMarked(node);
  if (node && !isReady(node)) context.note("its kubelet does not run: its pods cannot be moved");
  else if (node && canMoveFrom(machine.name, nodes)) {
    context.note("moving its pods to other nodes");
    isOurCordon = (await drain(first, [node])).length > 0;
  } else context.note("no other node takes its pods: they start again with the new runtime");
  const endpoint = endpointOf(lab.cluster);
  const annotated = kubectl(sh`get node ${machine.name} -o yaml`);
  if (node)
    await first.run(sh`
    if ${annotated} | grep -qF ${annotation}; then
      ${kubectl(sh`annotate --overwrite node ${machine.name} ${`${annotation}=${endpoint}`}`)}
    fi`);
  context.note("removing the former runtime");
  await host.run(endPodsOfMember);
  await change.uninstall();
  await change.install();
  for (const set of clusterSets(lab.cluster))
    if ((await host.run(sh`test -e ${imagesRecord(set)}`, { accept: [0, 1] })).code === 0)
      await loadImages(host, set, context);
  await host.run(sh`
    sed -i ${`s|unix://[^" ]*|${endpoint}|`} $(ls ${endpointFiles} 2>/dev/null) && systemctl start kubelet`);
  context.note("waiting for the kubelet");
  await waitForNode(first, machine, { key: "containerRuntimeVersion", value: `${reported}://.*`, name });
  if (isOurCordon) await uncordon(first, machine.name);
}

const noAnswer = (machine: string): LabwrightError =>
  new LabwrightError({
    code: "api-server-silent",
    message: `cannot change the container runtime of ${machine}: the API server does not list the nodes`,
    remedy: "Run `labwright status`, mend the control plane, then run `labwright up` again.",
  });
