import { sh } from "../../../hosts/sh.ts";
import type { PodNetwork } from "../pod-network.ts";
import { flannelAgent, flannelBridge, flannelImages, flannelVersion } from "./release.ts";

/** Flannel, as its pods and its CNI plugin were seen to write on a node (0.28). */
export const network: PodNetwork = {
  installation: {
    name: "Flannel",
    version: flannelVersion,
    revision: "adaptation 2",
    images: flannelImages,
    adapt: async (manifest, settings) => (await import("./manifest.ts")).adapted(manifest, settings),
  },
  namespace: "kube-flannel",
  agent: flannelAgent,
  kinds: [],
  state: {},
  configuration: { "/etc/cni": ["net.d/10-flannel.conflist"] },
  programs: { "/opt/cni": ["bin/flannel"] },
  ownPrograms: { "/opt/cni": ["bin/flannel"] },
  logs: {},
  // What the CNI plugin notes for each pod, and the node's subnet.
  runtime: { "/var/lib/cni": ["flannel"], "/run/flannel": ["*"] },
  mounts: [],
  kernel: {
    links: ["flannel[.]", "flannel-v6[.]", `${flannelBridge}$`],
    chains: ["FLANNEL-"],
    mounts: ["flannel"],
    sets: [],
  },
  // The kernel's own port of VXLAN.
  ports: ["UDP 8472"],
  // The backend host-gw does not mark its routes. They lead to the network that its file names.
  routes: sh`sed -n 's/^FLANNEL_NETWORK=/-4 /p; s/^FLANNEL_IPV6_NETWORK=/-6 /p' /run/flannel/subnet.env 2>/dev/null |
      while read -r family network; do ip "$family" route show root "$network"; done`,
  bookkeeping: { kinds: [], files: [] },
};
