import type { Mirrors } from "../../lab/types.ts";
import { baseDistribution } from "../../versions.ts";
import type { ImageSet } from "../images/image-set.ts";
import type { ReleaseFile } from "../release-file.ts";

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
  /** Where a release's file is, and its SHA-256. */
  file(file: ReleaseFile): { url: string; sha256: string };
  /** A URL of each host that will be needed, by what it has. */
  needed(minor: string, sets: readonly ImageSet[]): Record<string, string>;
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

/** Which distribution's packages a machine takes from Docker's repository: Debian and Ubuntu have their own. */
const dockerDistributions = ["debian", "ubuntu"];

/** Docker Hub's registry has another host than the images' names: https://docs.docker.com/docker-hub/ */
const hostOf = (registry: string): string => (registry === "docker.io" ? "registry-1.docker.io" : registry);

function registriesOf(sets: readonly ImageSet[], minor: string): Record<string, string> {
  const urls = sets.flatMap((set) =>
    set
      .names(minor)
      .map((name): [string, string] => [
        `the image registry of ${set.name}`,
        `https://${hostOf(name.split("/")[0] ?? "")}/v2/`,
      ]),
  );
  return Object.fromEntries(urls);
}

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
    file({ repository, path, sha256 }) {
      const root = mirrors.manifests ?? `https://raw.githubusercontent.com/${repository}`;
      return { url: `${root}/${path}`, sha256 };
    },
    needed: (minor, sets) => ({
      "Kubernetes' package repository": places.kubernetes(minor).inRelease,
      "Docker's package repository": `${docker}/linux/debian/dists/${baseDistribution.codename}/InRelease`,
      "Debian's packages": `${debian}/dists/${baseDistribution.codename}/InRelease`,
      ...Object.fromEntries(
        sets.flatMap(({ name, manifest }) =>
          manifest ? [[`the manifest of ${name}`, places.file(manifest).url]] : [],
        ),
      ),
      ...(mirrors.images === undefined
        ? registriesOf(sets, minor)
        : { "the image registry": `${mirrors.images}/v2/` }),
    }),
  };
  return places;
}
