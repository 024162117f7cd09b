import type { Platform } from "../../hosts/platform.ts";
import type { Mirrors } from "../../lab/types.ts";
import { baseDistribution } from "../../versions.ts";
import type { ImageSet } from "../images/image-set.ts";
import type { Needs } from "../needs.ts";
import { isPackaged } from "../program-set.ts";
import type { ReleaseFile } from "../release-file.ts";
import type { PackageRepository, RepositoryLayout } from "./repositories.ts";

/** A package repository as a lab reaches it: the address of its signed list of indexes, and what that leads to. */
export interface RepositoryPlace extends RepositoryLayout {
  /** Fingerprints of the keys that may sign it. */
  trusted: readonly string[];
}

/** Where upstream keeps its things; a mirror takes the place of scheme and host, the path stays. */
export interface Places {
  /** A package repository, for a version of Kubernetes and the machines' platform. */
  repository(repository: PackageRepository, kubernetesVersion: string, platform: Platform): RepositoryPlace;
  /** Where a release's file is, and its SHA-256. */
  file(file: ReleaseFile): { url: string; sha256: string };
  /** A URL of each host that will be needed, by what it has. */
  needed(kubernetesVersion: string, needs: Needs): Record<string, string>;
}

/** Docker Hub's registry has another host than the images' names: https://docs.docker.com/docker-hub/ */
const hostOf = (registry: string): string => (registry === "docker.io" ? "registry-1.docker.io" : registry);

function registriesOf(sets: readonly ImageSet[], kubernetesVersion: string): Record<string, string> {
  const urls = sets.flatMap((set) =>
    set
      .names(kubernetesVersion)
      .map((name): [string, string] => [
        `the image registry of ${set.name}`,
        `https://${hostOf(name.split("/")[0] ?? "")}/v2/`,
      ]),
  );
  return Object.fromEntries(urls);
}

/** Every platform's packages are on the same hosts. */
const anyPlatform: Platform = { architecture: "amd64", distribution: baseDistribution };

export function placesOf(mirrors: Mirrors): Places {
  const debian = mirrors.debian ?? "http://deb.debian.org/debian";

  const places: Places = {
    repository: ({ mirror, url, key, layout }, kubernetesVersion, platform) => ({
      ...layout((mirror && mirrors[mirror]) ?? url, kubernetesVersion, platform),
      trusted: [key, ...(mirrors.keys ?? [])],
    }),
    file({ repository, path, sha256 }) {
      const root = mirrors.manifests ?? `https://raw.githubusercontent.com/${repository}`;
      return { url: `${root}/${path}`, sha256 };
    },
    needed: (kubernetesVersion, { programs, images }) => ({
      ...Object.fromEntries(
        programs
          .filter(isPackaged)
          .map(({ packaged: { repository } }) => [
            repository.name,
            places.repository(repository, kubernetesVersion, anyPlatform).inRelease,
          ]),
      ),
      "Debian's packages": `${debian}/dists/${baseDistribution.codename}/InRelease`,
      ...Object.fromEntries(
        images.flatMap(({ name, manifest }) =>
          manifest ? [[`the manifest of ${name}`, places.file(manifest).url]] : [],
        ),
      ),
      ...(mirrors.images === undefined
        ? registriesOf(images, kubernetesVersion)
        : { "the image registry": `${mirrors.images}/v2/` }),
    }),
  };
  return places;
}
