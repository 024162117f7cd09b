import type { Needs } from "../artifacts/needs.ts";
import type { ProgramSet } from "../artifacts/program-set.ts";
import { cniPlugins, crictl, kubernetesNode } from "../kubernetes/program-sets.ts";
import type { Cluster } from "../lab/types.ts";
import { clusterSets } from "./image-sets.ts";
import { runtimeOf } from "./runtime/runtimes.ts";

const ofAnyRuntime: readonly ProgramSet[] = [cniPlugins, crictl, kubernetesNode];

/** The programs that every node has. */
export const nodePrograms = (cluster: Cluster): ProgramSet[] => [
  runtimeOf(cluster).programs,
  ...ofAnyRuntime,
];

/** What every cluster of that kind runs; places are asked for it, and named, in this order. */
export const clusterNeeds = (cluster: Cluster): Needs => ({
  programs: [...ofAnyRuntime, runtimeOf(cluster).programs],
  images: clusterSets(cluster),
});
