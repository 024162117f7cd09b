import type { Component } from "./components.ts";
import type { ProgramSet } from "./types.ts";

/** Which programs of which component a set has; all of the component's where no names are given. */
export const programSets: Record<ProgramSet, { component: Component; names?: readonly string[] }> = {
  "kubernetes-node": { component: "kubernetes", names: ["kubeadm", "kubelet", "kubectl"] },
  containerd: { component: "containerd" },
  "cni-plugins": { component: "cni-plugins" },
  crictl: { component: "crictl" },
  "docker-compose": { component: "docker-compose" },
};

/** The lines of `kubeadm config images list`, sorted: names with tags. */
export const listedImages = (output: string): string[] =>
  output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .sort();

/** Every image that a manifest's pods run, each once, sorted. */
export const imagesIn = (manifest: string): string[] =>
  [
    ...new Set(
      [...manifest.matchAll(/^\s*(?:- )?image:\s*["']?([^\s"']+)/gm)].flatMap(([, name]) => name ?? []),
    ),
  ].sort();
