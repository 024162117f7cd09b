import type { Component } from "./components.ts";
import type { PackageRepository } from "./upstream/repositories.ts";

/** Programs that are pushed to machines together, as data of the part that runs them. */
export interface ProgramSet {
  /** Also the name of the record of what was on a machine before, and of what a lab has chosen. */
  name: string;
  /** The wrapper module that compiles them, and which of its programs they are; absent: all of them. */
  compiled: { component: Component; programs?: readonly string[] };
  packaged: Packaged;
}

/** Which of upstream's packages a set comes in, and which releases of them may be taken. */
export interface Packaged {
  repository: PackageRepository;
  packages: readonly string[];
  /** Of semver, for a version of Kubernetes: `1.36`, or in full `1.36.1`. */
  range(kubernetesVersion: string): string;
  /** Programs that have to be there; others of the packages come along unless `only` is set. */
  programs: readonly string[];
  only?: true;
  /** Whether each release of a distribution has its own packages. */
  byDistribution?: true;
}
