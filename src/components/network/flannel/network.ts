import type { PodNetwork } from "../pod-network.ts";
import { flannelAgent, flannelImages, flannelVersion } from "./release.ts";

/** Flannel, as its pods and its CNI plugin were seen to write on a node (0.28). */
export const network: PodNetwork = {
  installation: {
    name: "Flannel",
    version: flannelVersion,
    revision: "adaptation 1",
    images: flannelImages,
    adapt: async (manifest, settings) => (await import("./manifest.ts")).adapted(manifest, settings),
  },
  namespace: "kube-flannel",
  agent: flannelAgent,
  state: {},
  configuration: { "/etc/cni": ["net.d/10-flannel.conflist"] },
  programs: { "/opt/cni": ["bin/flannel"] },
  ownPrograms: { "/opt/cni": ["bin/flannel"] },
  logs: {},
  // What the CNI plugin notes for each pod, and the node's subnet.
  runtime: { "/var/lib/cni": ["flannel"], "/run/flannel": ["*"] },
  mounts: [],
  kernel: {
    // The CNI plugin `bridge` makes cni0 for it.
    links: ["flannel[.]", "flannel-v6[.]", "cni0$"],
    chains: ["FLANNEL-"],
    mounts: ["flannel"],
    sets: [],
  },
  bookkeeping: { kinds: [], files: [] },
};
