import type { ArtifactStore } from "../../src/artifacts/lazy.ts";
import type { ProgramSet } from "../../src/artifacts/types.ts";

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
    id: set.name,
    file: `/cache/${set.name}.tar`,
    names: set.names("1.36"),
  }),
  manifest: async ({ path }) => ({ id: path, text: `# the manifest ${path}\n` }),
  baseSystem: () => Promise.reject(new Error("a step makes no machine")),
  imagesAtHand: async () => true,
};
