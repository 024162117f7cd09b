import { kubeletConfigFile } from "../../kubernetes/kubelet.ts";
import type { Cluster } from "../../lab/types.ts";
import { isSince } from "../../versions.ts";
import { runtimeOf } from "./runtimes.ts";

/** Where a kubelet's runtime is named: kubeadm writes the first into the second; before 1.36 it is in the arguments. */
export const endpointFiles = [
  "/var/lib/kubelet/instance-config.yaml",
  kubeletConfigFile,
  "/var/lib/kubelet/kubeadm-flags.env",
];

/** Whether a node's kubelet finds its runtime's socket in its configuration; until 1.36 it is an argument. */
export const isConfigured = ({ version }: Pick<Cluster, "version">): boolean => isSince(version, "1.36");

/** The socket of a lab's runtime, as the kubelet's configuration names it. */
export const endpointOf = (cluster: Pick<Cluster, "runtime">): string =>
  `unix://${runtimeOf(cluster).socket}`;

/** kubeadm itself writes /var/run, which is a link to /run. */
export const asRun = (endpoint: string): string => endpoint.replace("unix:///var/run/", "unix:///run/");
