import { type Command, sh } from "../hosts/sh.ts";
import { adminConf, ownServer } from "./kubectl.ts";
import { nodeProgram } from "./node-programs.ts";

/** The configuration of `kubeadm init` or `kubeadm join` on a machine. It is there before kubeadm starts. */
export const configFileOf = (phase: "init" | "join"): string => `/etc/labwright/kubeadm-${phase}.yaml`;

/**
 * Exists if kubeadm's work on a machine was finished, and the machine is a control plane (`init`) or a worker (`join`).
 * Without it, everything there is incomplete.
 */
export const markOf = (phase: "init" | "join"): string => `/etc/kubernetes/labwright-${phase}-done`;

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
