import type { Platform } from "../../hosts/platform.ts";
import { type Packaged, type PackagedSet, versionFor } from "../program-set.ts";
import type { Places, RepositoryPlace } from "./places.ts";

/** What is wanted of upstream's repositories for a set, a version of Kubernetes and a platform. */
export interface Wanted extends Omit<Packaged, "repository"> {
  repository: RepositoryPlace;
  /** Of semver. */
  range: string;
}

export const wantedFor = (
  set: PackagedSet,
  kubernetesVersion: string,
  places: Places,
  platform: Platform,
): Wanted => {
  const version = versionFor(set, kubernetesVersion);
  return {
    ...set.packaged,
    repository: places.repository(set.packaged.repository, version, platform),
    range: set.range(version),
  };
};
