import type { Platform } from "../../hosts/platform.ts";
import type { Mirrors } from "../../lab/types.ts";
import { baseDistribution, minorOf } from "../../versions.ts";

/** Where a Debian package repository is, but for the URL that it is all below. */
export interface RepositoryLayout {
  /** The packages' files are relative to it. */
  root: string;
  inRelease: string;
  /** The index's path as `InRelease` lists it, and its URL. */
  index: { path: string; url: string };
  key: string;
}

/** A project's Debian package repository. */
export interface PackageRepository {
  /** For messages: `Docker's package repository`. */
  name: string;
  url: string;
  /** Which of the lab file's mirrors may take the place of the URL; absent: none. */
  mirror?: keyof Pick<Mirrors, "kubernetes" | "docker">;
  /** The fingerprint of the key that signs it. */
  key: string;
  layout(url: string, kubernetesVersion: string, platform: Platform): RepositoryLayout;
}

/** A repository without suites, as the Open Build Service publishes them. */
export const flat = (root: string): RepositoryLayout => ({
  root,
  inRelease: `${root}/InRelease`,
  index: { path: "Packages", url: `${root}/Packages` },
  key: `${root}/Release.key`,
});

/**
 * Signed by the OBS project isv:kubernetes:
 * https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/ (Release.key)
 */
export const kubernetesPackages: PackageRepository = {
  name: "Kubernetes' package repository",
  url: "https://pkgs.k8s.io",
  mirror: "kubernetes",
  key: "DE15B14486CD377B9E876E1A234654DA9A296436",
  layout: (url, kubernetesVersion) => flat(`${url}/core:/stable:/v${minorOf(kubernetesVersion)}/deb`),
};

/** Debian and Ubuntu have their own packages; others use Debian's. */
const dockerDistributions = ["debian", "ubuntu"];

/** It has containerd and Compose. Signed by "Docker Release (CE deb)": https://docs.docker.com/engine/install/debian/ */
export const dockerPackages: PackageRepository = {
  name: "Docker's package repository",
  url: "https://download.docker.com",
  mirror: "docker",
  key: "9DC858229FC7DD38854AE2D88D81803C0EBFCD88",
  layout(url, _, { architecture, distribution: { id, codename } }) {
    const root = `${url}/linux/${dockerDistributions.includes(id) ? id : "debian"}`;
    const suite = `${root}/dists/${codename || baseDistribution.codename}`;
    const path = `stable/binary-${architecture}/Packages`;
    return {
      root,
      inRelease: `${suite}/InRelease`,
      index: { path, url: `${suite}/${path}` },
      key: `${root}/gpg`,
    };
  },
};
