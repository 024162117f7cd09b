import type { ImageSet } from "../../artifacts/images/image-set.ts";
import type { ReleaseFile } from "../../artifacts/release-file.ts";
import type { Command } from "../../hosts/sh.ts";
import type { PluginSettings } from "../../lab/plugin-settings.ts";
import type { Contents } from "../../linux/backup.ts";

/** What a lab decides of its pod network. */
export interface NetworkSettings {
  podSubnet: string;
  /** Absent: pods have IPv4 addresses only. */
  podSubnet6?: string;
  /** The plugin's own settings of the lab file. */
  own: PluginSettings;
  /** The API server's own address, so that nothing waits for kube-proxy's rules for the service's address. */
  apiServer: string;
}

/** How a pod network is installed: its release's own manifest, changed as data and applied to the cluster. */
export interface Installation {
  /** As people write it: `Calico`. */
  name: string;
  version: string;
  /** Changes with each change of what `adapt` does, so that it is applied to existing clusters again. */
  revision: string;
  images: ImageSet & { manifest: ReleaseFile };
  /** Returns the manifest with the lab's settings. */
  adapt(manifest: string, settings: NetworkSettings): Promise<string>;
}

/**
 * What is known of a pod network. Another network is a folder beside this file, with a `network.ts` that exports
 * `network`, and its name in src/lab/available.ts.
 */
export interface PodNetwork {
  /** Absent: people install their own network, and nodes are not Ready before they do. */
  installation?: Installation;
  /** Where its pods run, if not in kube-system. */
  namespace?: string;
  /** The label `k8s-app` of the pods that join the nodes' networks, one on every node, if there are such pods. */
  agent?: string;
  /** Kinds that it defines and that people make objects of, as `kubectl api-resources -o name` lists them. */
  kinds: readonly string[];
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
  /** The ports that it needs open between nodes, in addition to Kubernetes' own: `UDP 8472`. */
  ports: readonly string[];
  /** Prints its routes on a node, as ip-route(8) does, a line each; absent: they go with its links. */
  routes?: Command;
  /** What follows pods and nodes by itself: kinds, as `kubectl api-resources -o name` lists them, and files. */
  bookkeeping: { kinds: readonly string[]; files: readonly string[] };
}
