import type { Facts, Scene } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { isControlled } from "./hetzner-controller.ts";
import { addressOf } from "./lab.ts";

/** The file that says that kubeadm's work on a machine was finished; what is there without it is half-done. */
export const markOf = (phase: "init" | "join"): string => `/etc/kubernetes/labwright-${phase}-done`;

/**
 * Clears what an attempt left that was cut short, and nothing where there was none: the configuration file is written
 * before kubeadm is started, so that its presence tells an attempt of ours.
 */
export const clearHalfDone = (configFile: string): Command => sh`
  if [ -e ${configFile} ]; then
    kubeadm reset --force --cri-socket unix:///run/containerd/containerd.sock >/dev/null 2>&1
    systemctl stop kubelet
    rm -rf /etc/kubernetes/manifests/* /etc/kubernetes/*.conf /etc/kubernetes/pki /var/lib/etcd /var/lib/kubelet/pki
    rm -f /etc/kubernetes/labwright-*-done /etc/cni/net.d/*calico*
  fi
  true`;

/** kubeadm's checks that cannot pass where they do not matter; each for a reason. */
export function ignoredPreflight({ legacy, container }: { legacy: boolean; container: boolean }): string[] {
  return [
    // A lab may be smaller than what kubeadm recommends.
    "NumCPU",
    "Mem",
    // From 1.35 kubeadm refuses cgroup v1; the kubelet is told to run on it (failCgroupV1).
    ...(legacy ? ["SystemVerification"] : []),
    // A container's swap, kernel configuration and bridge settings are its host's.
    ...(container
      ? ["Swap", "SystemVerification", "FileContent--proc-sys-net-bridge-bridge-nf-call-iptables"]
      : []),
  ].filter((name, index, all) => all.indexOf(name) === index);
}

/** What cloud-init knows the machine by; in Hetzner Cloud that is the server's number. */
export const askInstance = sh`cat /var/lib/cloud/data/instance-id`;

/**
 * The kubelet's arguments as kubeadm's configuration takes them, in JSON. Where a cloud-controller-manager is to
 * initialise the node, it finds the server by the provider's identifier, as the node has the machine's name.
 * https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/explanation/provider-id.md
 */
export function kubeletArguments(scene: Scene, { instance }: Facts<"instance">): string {
  const own = [{ name: "node-ip", value: addressOf(scene, scene.machine.name) }];
  if (!isControlled(scene.lab)) return JSON.stringify(own);
  const server = instance.stdout.trim();
  if (!/^\d+$/.test(server)) throw noServerNumber(scene.machine.name, server);
  return JSON.stringify([
    ...own,
    { name: "cloud-provider", value: "external" },
    { name: "provider-id", value: `hcloud://${server}` },
  ]);
}

const noServerNumber = (machine: string, found: string): LabwrightError =>
  new LabwrightError({
    code: "server-number-unknown",
    message: `cloud-init on ${machine} does not tell the server's number: ${found || "it tells nothing"}`,
    remedy: "use an image with cloud-init, or take cloud.controller out of the lab file",
  });
