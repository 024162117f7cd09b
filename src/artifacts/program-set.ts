import type { Component } from "./components.ts";
import type { PackageRepository } from "./upstream/repositories.ts";

/** Programs that are pushed to machines together, as data of the part that runs them. */
export interface ProgramSet {
  /** Also the name of the record of what was on a machine before, and of what a lab has chosen. */
  name: string;
  /** The wrapper module that compiles them, and which of its programs they are; absent: all of them. */
  compiled: { component: Component; programs?: readonly string[] };
  /** The version of Kubernetes that it belongs to, in a lab of another one; absent: the lab's. */
  ofVersion?(kubernetesVersion: string): string;
  /** The releases that a machine may have, of semver, for a version of Kubernetes: `1.36`, or in full `1.36.1`. */
  range(kubernetesVersion: string): string;
  /** Absent if no package repository has it: then it is compiled, whatever the source is. */
  packaged?: Packaged;
}

/** The version of Kubernetes that a set belongs to, in a lab of a version. */
export const versionFor = (set: ProgramSet, kubernetesVersion: string): string =>
  set.ofVersion?.(kubernetesVersion) ?? kubernetesVersion;

export type PackagedSet = ProgramSet & { packaged: Packaged };

export const isPackaged = (set: ProgramSet): set is PackagedSet => set.packaged !== undefined;

/** Which of upstream's packages a set comes in. */
export interface Packaged {
  repository: PackageRepository;
  packages: readonly string[];
  /** Programs that have to be there; others of the packages come along unless `only` is set. */
  programs: readonly string[];
  only?: true;
  /** Whether each release of a distribution has its own packages. */
  byDistribution?: true;
}
