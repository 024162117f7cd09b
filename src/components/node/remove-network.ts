import type { StepContext } from "../../artifacts/step-context.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { kubectl, kubeletConf } from "../../kubernetes/kubectl.ts";
import { apiServerReady, waitFor } from "../../kubernetes/static-pods.ts";
import { isControlPlane, nodesOf } from "../../lab/roles.ts";
import { joined, removeContents } from "../../linux/backup.ts";
import type { PodNetwork } from "../network/pod-network.ts";
import { endPodsOfMember } from "./end-pods.ts";

/**
 * Removes a pod network from a cluster that is to get another one: its objects, which were applied from `file`, and on every
 * node its configuration, links, routes and firewall rules. Pods on it end with it, and the kubelets start them again. The
 * file stays, so that a run that was cut short is repeated. `first` is a control plane.
 */
export async function removeNetwork(
  first: Host,
  context: StepContext,
  { kinds, configuration, ownPrograms, state, runtime }: PodNetwork,
  file: string,
): Promise<void> {
  // Kinds are missing if an earlier run has deleted their definitions.
  const { stdout } = await first.run(sh`
    defined=$(${kubectl(sh`get customresourcedefinitions -o name`)}) || exit 1
    for kind in ${kinds}; do
      case "$defined" in *"/$kind"*) ${kubectl(sh`get "$kind" --all-namespaces -o name`)} || exit 1 ;; esac
    done`);
  const objects = stdout.split("\n").filter((line) => line !== "");
  if (objects.length > 0) throw objectsLost(objects);
  await first.run(kubectl(sh`delete --ignore-not-found -f ${file}`));
  for (const machine of nodesOf(context.lab)) {
    context.note(`removing it from ${machine.name}`);
    const host = await context.on(machine.name);
    // A machine that has not joined has nothing of it.
    await host.run(sh`
      test -e ${kubeletConf} || exit 0
      ${endPodsOfMember}
      ${removeContents(joined([configuration, ownPrograms, state, runtime]))}
      systemctl start kubelet`);
    if (isControlPlane(machine)) await host.run(sh`${waitFor(180, apiServerReady)}`);
  }
}

const objectsLost = (objects: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "network-objects",
    message: `the former pod network has objects that its removal would delete: ${objects.join(", ")}`,
    remedy: "Save and delete them with kubectl, then run `labwright up` again.",
  });
