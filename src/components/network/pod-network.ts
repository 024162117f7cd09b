import type { Contents } from "../../linux/before.ts";

/**
 * What is known of a pod network, besides how it is installed: what its pods leave on a node, and what changes in the
 * cluster by itself. Another network is a folder beside this file, and a line in `networks`.
 */
export interface PodNetwork {
  /** The label `k8s-app` of the pods that join the nodes' networks, one on every node. */
  agent: string;
  /** What it writes on a node, by folder: its state, what CNI is configured by, and CNI's programs. */
  state: Contents;
  configuration: Contents;
  programs: Contents;
  /** Those of its programs that nothing else brings. */
  ownPrograms: Contents;
  /** Logs, and what is gone with the next start of the machine. */
  logs: Contents;
  runtime: Contents;
  /** File systems that its pods mount on the node, and that stay mounted. */
  mounts: readonly string[];
  /** What begins with these, as POSIX extended regular expressions, is its own in a node's kernel. */
  kernel: Record<"links" | "chains" | "mounts" | "sets", readonly string[]>;
  /** What follows pods and nodes by itself: kinds, as `kubectl api-resources -o name` lists them, and files. */
  bookkeeping: { kinds: readonly string[]; files: readonly string[] };
}
