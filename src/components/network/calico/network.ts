import { sh } from "../../../hosts/sh.ts";
import type { PodNetwork } from "../pod-network.ts";
import { calicoImages, calicoVersion } from "./release.ts";

const bin = (...names: string[]): string[] => names.map((name) => `bin/${name}`);

/** Calico, as its pods were seen to write on a node (3.31). */
export const network: PodNetwork = {
  installation: {
    name: "Calico",
    version: calicoVersion,
    revision: "adaptation 7",
    images: calicoImages,
    adapt: async (manifest, settings) => (await import("./manifest.ts")).adapted(manifest, settings),
  },
  agent: "calico-node",
  kinds: [
    "globalnetworkpolicies",
    "networkpolicies",
    "globalnetworksets",
    "networksets",
    "bgppeers",
    "hostendpoints",
    "stagednetworkpolicies",
    "stagedglobalnetworkpolicies",
    "stagedkubernetesnetworkpolicies",
    "bgpfilters",
    "ipreservations",
  ].map((kind) => `${kind}.crd.projectcalico.org`),
  state: { "/var/lib/calico": ["nodename", "mtu"] },
  configuration: { "/etc/cni": ["net.d/10-calico.conflist", "net.d/calico-kubeconfig"] },
  programs: {
    "/opt/cni": bin(
      ...["bandwidth", "calico", "calico-ipam", "flannel", "host-local", "install"],
      ...["loopback", "portmap", "tuning"],
    ),
  },
  ownPrograms: { "/opt/cni": bin("calico", "calico-ipam") },
  logs: { "/var/log/calico": ["cni"] },
  runtime: { "/var/run/calico": ["*"] },
  mounts: ["/sys/fs/bpf"],
  kernel: {
    links: ["cali", "vxlan[.]calico", "vxlan-v6[.]calico", "wireguard[.]cali"],
    chains: ["cali[:-]"],
    mounts: ["calico"],
    sets: ["cali"],
  },
  // Typha, and VXLAN.
  ports: ["TCP 5473", "UDP 4789"],
  // Felix marks its routes.
  routes: sh`ip -4 route show proto 80; ip -6 route show proto 80 2>/dev/null`,
  bookkeeping: {
    kinds: [
      ...["blockaffinities", "ipamblocks", "ipamhandles", "ipamconfigs", "caliconodestatuses"],
      ...["clusterinformations", "hostendpoints"],
    ].map((kind) => `${kind}.crd.projectcalico.org`),
    // Its token is renewed every few hours.
    files: ["/etc/cni/net.d/calico-kubeconfig"],
  },
};
