import type { Mirrors } from "../../lab/types.ts";
import { baseDistribution, calicoVersion, hetznerControllerVersion } from "../../versions.ts";
import type { ManifestName } from "../types.ts";

/** A Debian package repository: where its signed list of indexes is, and what each index's packages are relative to. */
export interface RepositoryPlace {
  /** The packages' files are relative to it. */
  root: string;
  inRelease: string;
  /** The index's path as `InRelease` lists it, and its URL. */
  index: { path: string; url: string };
  key: string;
  /** Fingerprints of the keys that sign it. */
  trusted: readonly string[];
}

/** Where upstream keeps its things; a mirror takes the place of scheme and host, the path stays. */
export interface Places {
  /** The package repository of a Kubernetes minor. */
  kubernetes(minor: string): RepositoryPlace;
  /** Docker's package repository, which has containerd and Compose. */
  docker(distribution: { id: string; codename: string }, architecture: string): RepositoryPlace;
  /** Where a manifest is, and its SHA-256. */
  manifest(name: ManifestName): { url: string; sha256: string };
  /** A URL of each host that will be needed, by what it has. */
  needed(minor: string): Record<string, string>;
}

/**
 * The keys that sign upstream's repositories: the OBS project isv:kubernetes and "Docker Release (CE deb)".
 * https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/ (Release.key),
 * https://docs.docker.com/engine/install/debian/
 */
const keys = {
  kubernetes: "DE15B14486CD377B9E876E1A234654DA9A296436",
  docker: "9DC858229FC7DD38854AE2D88D81803C0EBFCD88",
};

/**
 * The release's own files, pinned by their content.
 * https://docs.tigera.io/calico/latest/getting-started/kubernetes/self-managed-onprem/onpremises,
 * https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/reference/version-policy.md
 */
const manifests: Record<ManifestName, { repository: string; path: string; sha256: string }> = {
  "calico-typha": {
    repository: "projectcalico/calico",
    path: `v${calicoVersion}/manifests/calico-typha.yaml`,
    sha256: "603b3c07bd7bd9e73f35cd25b3ff80165e0fe0e8ab69e22ed3a4526ca0058d33",
  },
  "hetzner-controller": {
    repository: "hetznercloud/hcloud-cloud-controller-manager",
    path: `v${hetznerControllerVersion}/deploy/ccm-networks.yaml`,
    sha256: "a3da779c3acae86dfe7e9bdfbad776193b1c0d48276cf1d7ba02ba1fcf2743e5",
  },
};

/** Which distribution's packages a machine takes from Docker's repository: Debian and Ubuntu have their own. */
const dockerDistributions = ["debian", "ubuntu"];

export function placesOf(mirrors: Mirrors): Places {
  const kubernetes = mirrors.kubernetes ?? "https://pkgs.k8s.io";
  const docker = mirrors.docker ?? "https://download.docker.com";
  const debian = mirrors.debian ?? "http://deb.debian.org/debian";
  const trusting = (key: string) => [key, ...(mirrors.keys ?? [])];

  const places: Places = {
    kubernetes(minor) {
      const root = `${kubernetes}/core:/stable:/v${minor}/deb`;
      return {
        root,
        inRelease: `${root}/InRelease`,
        index: { path: "Packages", url: `${root}/Packages` },
        key: `${root}/Release.key`,
        trusted: trusting(keys.kubernetes),
      };
    },
    docker({ id, codename }, architecture) {
      const root = `${docker}/linux/${dockerDistributions.includes(id) ? id : "debian"}`;
      const suite = `${root}/dists/${codename || baseDistribution.codename}`;
      const path = `stable/binary-${architecture}/Packages`;
      return {
        root,
        inRelease: `${suite}/InRelease`,
        index: { path, url: `${suite}/${path}` },
        key: `${root}/gpg`,
        trusted: trusting(keys.docker),
      };
    },
    manifest(name) {
      const { repository, path, sha256 } = manifests[name];
      const root = mirrors.manifests ?? `https://raw.githubusercontent.com/${repository}`;
      return { url: `${root}/${path}`, sha256 };
    },
    needed: (minor) => ({
      "Kubernetes' package repository": places.kubernetes(minor).inRelease,
      "Docker's package repository": `${docker}/linux/debian/dists/${baseDistribution.codename}/InRelease`,
      "Debian's packages": `${debian}/dists/${baseDistribution.codename}/InRelease`,
      "the place of Calico's manifest": places.manifest("calico-typha").url,
      ...(mirrors.images === undefined
        ? {
            "Kubernetes' image registry": "https://registry.k8s.io/v2/",
            "Calico's image registry": "https://quay.io/v2/",
            "Docker Hub": "https://registry-1.docker.io/v2/",
          }
        : { "the image registry": `${mirrors.images}/v2/` }),
    }),
  };
  return places;
}
