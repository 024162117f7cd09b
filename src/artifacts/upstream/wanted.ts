import type { Platform } from "../../hosts/platform.ts";
import { crictlRange, releaseRanges, releasesOf } from "../../versions.ts";
import type { ProgramSet } from "../types.ts";
import type { Places, RepositoryPlace } from "./places.ts";

/** Which packages a set of programs comes in, from where, and which releases of them may be taken. */
export interface Wanted {
  repository: RepositoryPlace;
  packages: string[];
  /** Of semver. */
  range: string;
  /** Programs that have to be there; others of the packages come along unless `only` is set. */
  programs: string[];
  only?: true;
}

/** What is wanted of upstream's repositories for a set. */
export function wantedFor(set: ProgramSet, minor: string, places: Places, platform: Platform): Wanted {
  const kubernetes = places.kubernetes(minor);
  const docker = places.docker(platform.distribution, platform.architecture);
  const sets: Record<ProgramSet, () => Wanted> = {
    "kubernetes-node": () => ({
      repository: kubernetes,
      packages: ["kubeadm", "kubelet", "kubectl"],
      range: releasesOf(minor).kubernetes,
      programs: ["kubeadm", "kubelet", "kubectl"],
    }),
    "cni-plugins": () => ({
      repository: kubernetes,
      packages: ["kubernetes-cni"],
      range: releaseRanges["cni-plugins"],
      programs: ["bridge", "host-local", "loopback", "portmap"],
    }),
    crictl: () => ({
      repository: kubernetes,
      packages: ["cri-tools"],
      range: crictlRange(minor),
      programs: ["crictl"],
    }),
    containerd: () => ({
      repository: docker,
      packages: ["containerd.io"],
      range: releaseRanges.containerd,
      programs: ["containerd", "containerd-shim-runc-v2", "ctr", "runc"],
      only: true,
    }),
    "docker-compose": () => ({
      repository: docker,
      packages: ["docker-compose-plugin"],
      range: releaseRanges["docker-compose"],
      programs: ["docker-compose"],
    }),
  };
  return sets[set]();
}
