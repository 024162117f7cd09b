import type { Platform } from "../../hosts/platform.ts";
import type { Packaged, PackagedSet } from "../program-set.ts";
import type { Places, RepositoryPlace } from "./places.ts";

/** What is wanted of upstream's repositories for a set, a version of Kubernetes and a platform. */
export interface Wanted extends Omit<Packaged, "repository"> {
  repository: RepositoryPlace;
  /** Of semver. */
  range: string;
}

export const wantedFor = (
  { range, packaged }: PackagedSet,
  kubernetesVersion: string,
  places: Places,
  platform: Platform,
): Wanted => ({
  ...packaged,
  repository: places.repository(packaged.repository, kubernetesVersion, platform),
  range: range(kubernetesVersion),
});
