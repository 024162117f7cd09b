import type { ProgramSet } from "../artifacts/program-set.ts";
import { kubernetesPackages } from "../artifacts/upstream/repositories.ts";
import { crictlRange, releaseRanges, releasesOf } from "../versions.ts";

const programs = ["kubeadm", "kubelet", "kubectl"];

export const kubernetesNode: ProgramSet = {
  name: "kubernetes-node",
  compiled: { component: "kubernetes", programs },
  packaged: {
    repository: kubernetesPackages,
    packages: programs,
    range: (kubernetesVersion) => releasesOf(kubernetesVersion).kubernetes,
    programs,
  },
};

export const cniPlugins: ProgramSet = {
  name: "cni-plugins",
  compiled: { component: "cni-plugins" },
  packaged: {
    repository: kubernetesPackages,
    packages: ["kubernetes-cni"],
    range: () => releaseRanges["cni-plugins"],
    programs: ["bridge", "host-local", "loopback", "portmap"],
  },
};

export const crictl: ProgramSet = {
  name: "crictl",
  compiled: { component: "crictl" },
  packaged: {
    repository: kubernetesPackages,
    packages: ["cri-tools"],
    range: crictlRange,
    programs: ["crictl"],
  },
};
