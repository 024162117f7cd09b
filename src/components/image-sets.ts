import { exerciseImages } from "../artifacts/images/exercises.ts";
import type { ImageSet } from "../artifacts/images/image-set.ts";
import { nginxImages, nginxStableImages } from "../artifacts/images/nginx.ts";
import { kubernetesImages } from "../kubernetes/images.ts";
import type { Cluster } from "../lab/types.ts";
import { addonImages, addonsOf } from "./addon/addons.ts";
import { networkOf } from "./network/networks.ts";

/** Images of containers that people and playbooks run. */
export const workloadSets = {
  nginx: nginxImages,
  "nginx-stable": nginxStableImages,
  exercises: exerciseImages,
};

/** Playbooks' words for image sets. */
export const setNames = [
  "kubernetes",
  "pod-network",
  "addons",
  "nginx",
  "nginx-stable",
  "exercises",
] as const;

export type SetName = (typeof setNames)[number];

/** Undefined if the cluster's pod network brings no images, or the cluster has no addons. */
export function imageSetOf(name: SetName, cluster: Cluster): ImageSet | undefined {
  if (name === "kubernetes") return kubernetesImages;
  if (name === "pod-network") return networkOf(cluster).installation?.images;
  if (name === "addons") return addonImages(cluster);
  return workloadSets[name];
}

/** The sets whose images every cluster of that kind runs, with nginx; each addon's alone, because they have several registries. */
export const clusterSets = (cluster: Cluster): ImageSet[] => [
  ...(["kubernetes", "pod-network"] as const).flatMap((name) => imageSetOf(name, cluster) ?? []),
  ...addonsOf(cluster).map(([, { images }]) => images),
  nginxImages,
];
