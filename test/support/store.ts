import type { ArtifactStore } from "../../src/artifacts/lazy.ts";
import type { ProgramSet } from "../../src/artifacts/types.ts";
import { imageNames } from "../../src/versions.ts";

const programs: Record<ProgramSet, readonly string[]> = {
  "kubernetes-node": ["kubeadm", "kubelet", "kubectl"],
  containerd: ["containerd", "containerd-shim-runc-v2", "ctr", "runc"],
  "cni-plugins": ["bridge", "host-local", "loopback", "portmap"],
  crictl: ["crictl"],
  "docker-compose": ["docker-compose"],
};

/** Artifacts that are names only: files and images which nobody reads. */
export const namedArtifacts: ArtifactStore = {
  programs: async (set) => ({
    id: set,
    version: "1.0.0",
    files: programs[set].map((name) => ({ name, path: `/cache/${set}/${name}` })),
  }),
  images: async (set) => ({
    kind: "archive",
    id: set,
    file: `/cache/${set}.tar`,
    names: imageNames(set, "1.36"),
  }),
  manifest: async (name) => ({ id: name, text: `# the manifest ${name}\n` }),
  baseSystem: () => Promise.reject(new Error("a step makes no machine")),
  imagesAtHand: async () => true,
};
