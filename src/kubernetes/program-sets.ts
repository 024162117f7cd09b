import type { PackagedSet } from "../artifacts/program-set.ts";
import { kubernetesPackages } from "../artifacts/upstream/repositories.ts";
import { crictlRange, minorBefore, releaseRanges, releasesOf } from "../versions.ts";

const programs = ["kubeadm", "kubelet", "kubectl"];

export const kubernetesNode: PackagedSet = {
  name: "kubernetes-node",
  compiled: { component: "kubernetes", programs },
  range: (kubernetesVersion) => releasesOf(kubernetesVersion).kubernetes,
  packaged: {
    repository: kubernetesPackages,
    packages: programs,
    programs,
  },
};

/** The same programs of the minor release before the lab's. */
export const kubernetesNodeBefore: PackagedSet = {
  ...kubernetesNode,
  name: "kubernetes-node-before",
  ofVersion: minorBefore,
};

export const cniPlugins: PackagedSet = {
  name: "cni-plugins",
  compiled: { component: "cni-plugins" },
  range: () => releaseRanges["cni-plugins"],
  packaged: {
    repository: kubernetesPackages,
    packages: ["kubernetes-cni"],
    programs: ["bridge", "host-local", "loopback", "portmap"],
  },
};

export const crictl: PackagedSet = {
  name: "crictl",
  compiled: { component: "crictl" },
  range: crictlRange,
  packaged: {
    repository: kubernetesPackages,
    packages: ["cri-tools"],
    programs: ["crictl"],
  },
};
