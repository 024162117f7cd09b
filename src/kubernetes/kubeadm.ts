import type { ApplyContext, Facts } from "../engine/step.ts";
import { type Command, sh } from "../hosts/sh.ts";
import type { Host } from "../hosts/types.ts";
import { adminConf, ownServer } from "./kubectl.ts";
import { nodeProgram } from "./node-programs.ts";

/** The configuration of `kubeadm init` or `kubeadm join` on a machine. It is there before kubeadm starts. */
export const configFileOf = (phase: "init" | "join"): string => `/etc/labwright/kubeadm-${phase}.yaml`;

/**
 * Exists if kubeadm's work on a machine was finished, and the machine is a control plane (`init`) or a worker (`join`).
 * Without it, everything there is incomplete.
 */
export const markOf = (phase: "init" | "join"): string => `/etc/kubernetes/labwright-${phase}-done`;

/** The questions whose answers `machineKind` reads. */
export const machineProbes = {
  cgroup: sh`stat -fc %T /sys/fs/cgroup`,
  container: sh`systemd-detect-virt --container`,
};

/** Whether a machine has cgroup v1 (`legacy`), and whether it is a container. */
export const machineKind = ({ cgroup, container }: Facts<keyof typeof machineProbes>) => ({
  legacy: cgroup.stdout.trim() !== "cgroup2fs",
  container: container.stdout.trim() !== "none",
});

/** Runs kubeadm and notes its phases: `[kubelet-start] Starting the kubelet`, `[upgrade/staticpods] …`. */
export const runKubeadm = (host: Host, context: ApplyContext, command: Command) =>
  host.run(command, { onLine: (line) => /^\[[a-z/-]+\]/.test(line) && context.note(line) });

/** kubeadm's checks that fail where they do not matter; each with its reason. */
export function ignoredPreflight({ legacy, container }: { legacy: boolean; container: boolean }): string[] {
  return [
    // A lab may be smaller than what kubeadm recommends.
    "NumCPU",
    "Mem",
    // From 1.35 kubeadm refuses cgroup v1; the kubelet is configured to run on it (failCgroupV1).
    ...(legacy ? ["SystemVerification"] : []),
    // A container's swap, kernel configuration and bridge settings are its host's.
    ...(container
      ? ["Swap", "SystemVerification", "FileContent--proc-sys-net-bridge-bridge-nf-call-iptables"]
      : []),
  ].filter((name, index, all) => all.indexOf(name) === index);
}

/** kubeadm on a control plane as the cluster's administrator; it has no flag for the server, which is its own. */
export const kubeadmAsAdmin = (command: Command): Command => sh`
  admin=$(mktemp) && sed ${`s|^\\( *server: \\).*|\\1${ownServer}|`} ${adminConf} >"$admin" &&
    KUBECONFIG="$admin" ${nodeProgram("kubeadm")} ${command}
  code=$?
  rm -f "$admin"
  [ "$code" = 0 ]`;
