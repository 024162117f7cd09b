/** Exists if kubeadm's work on a machine was finished; without it, everything there is incomplete. */
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
