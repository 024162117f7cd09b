import { type Command, sh } from "../hosts/sh.ts";
import { removeContents } from "../linux/before.ts";
import { madeByCalico, madeByKubeadm, madeByKubelet } from "./node-contents.ts";
import { clearNode } from "./node-leftovers.ts";
import { nodeProgram } from "./node-programs.ts";

/** The file that says that kubeadm's work on a machine was finished; what is there without it is half-done. */
export const markOf = (phase: "init" | "join"): string => `/etc/kubernetes/labwright-${phase}-done`;

/**
 * Makes a node a machine that has joined nothing. `kubeadm reset` is not used, because it empties whole folders, with what
 * the machine's owner has put there.
 */
export const unmakeNode: Command = sh`
  systemctl stop kubelet
  timeout 60 ${nodeProgram("crictl")} rmp --all --force >/dev/null 2>&1
  ${clearNode}
  ${removeContents(madeByKubeadm)}
  ${removeContents(madeByKubelet)}
  ${removeContents({ "/etc/cni": madeByCalico["/etc/cni"] ?? [] })}`;

/**
 * Clears what an attempt left that was cut short, and nothing if there was none: the configuration file is written before
 * kubeadm is started, so that its presence tells an attempt of ours.
 */
export const clearHalfDone = (configFile: string): Command => sh`
  if [ -e ${configFile} ]; then
    ${unmakeNode}
  fi`;

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
