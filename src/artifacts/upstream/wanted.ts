import type { Platform } from "../../hosts/platform.ts";
import type { Packaged, ProgramSet } from "../program-set.ts";
import type { Places, RepositoryPlace } from "./places.ts";

/** What is wanted of upstream's repositories for a set, a version of Kubernetes and a platform. */
export interface Wanted extends Omit<Packaged, "repository" | "range"> {
  repository: RepositoryPlace;
  /** Of semver. */
  range: string;
}

export const wantedFor = (
  { packaged }: ProgramSet,
  kubernetesVersion: string,
  places: Places,
  platform: Platform,
): Wanted => ({
  ...packaged,
  repository: places.repository(packaged.repository, kubernetesVersion, platform),
  range: packaged.range(kubernetesVersion),
});
