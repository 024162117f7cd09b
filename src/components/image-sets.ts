import { exerciseImages } from "../artifacts/images/exercises.ts";
import type { ImageSet } from "../artifacts/images/image-set.ts";
import { nginxImages, nginxStableImages } from "../artifacts/images/nginx.ts";
import { kubernetesImages } from "../kubernetes/images.ts";
import type { Cluster } from "../lab/types.ts";
import { networkOf } from "./network/networks.ts";

/** Images of containers that people and playbooks run. */
export const workloadSets = {
  nginx: nginxImages,
  "nginx-stable": nginxStableImages,
  exercises: exerciseImages,
};

/** Playbooks' words for image sets. */
export const setNames = ["kubernetes", "pod-network", "nginx", "nginx-stable", "exercises"] as const;

export type SetName = (typeof setNames)[number];

/** Undefined if the cluster's pod network brings no images. */
export function imageSetOf(name: SetName, cluster: Cluster): ImageSet | undefined {
  if (name === "kubernetes") return kubernetesImages;
  if (name === "pod-network") return networkOf(cluster).installation?.images;
  return workloadSets[name];
}

/** The sets whose images every cluster of that kind runs, with nginx. */
export const clusterSets = (cluster: Cluster): ImageSet[] =>
  (["kubernetes", "pod-network", "nginx"] as const).flatMap((name) => imageSetOf(name, cluster) ?? []);
