import type { PackagedSet } from "../../src/artifacts/program-set.ts";
import { containerdPrograms } from "../../src/components/runtime/containerd/release.ts";
import { dockerComposePrograms } from "../../src/docker/compose.ts";
import { cniPlugins, crictl, kubernetesNode } from "../../src/kubernetes/program-sets.ts";
import { where } from "./where.ts";

const ranges = () => where("src/versions.ts", "export const releaseRanges");

/** The sets of programs, and where the releases of each are decided. */
const written: readonly (readonly [PackagedSet, () => string])[] = [
  [kubernetesNode, () => where("src/versions.ts", "export const kubernetesMinors")],
  [cniPlugins, ranges],
  [crictl, () => where("src/versions.ts", "export function crictlRange")],
  [
    containerdPrograms,
    () => where("src/components/runtime/containerd/release.ts", "export const containerdRange"),
  ],
  [dockerComposePrograms, ranges],
];

export const programSets: readonly PackagedSet[] = written.map(([set]) => set);

export const decidedIn = (set: PackagedSet): string =>
  written.find(([one]) => one === set)?.[1]() ?? ranges();
