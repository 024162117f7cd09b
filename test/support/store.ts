import type { ArtifactStore } from "../../src/artifacts/lazy.ts";
import { addonFile } from "./addon-releases.ts";

/** Artifacts that are names only: files and images which nobody reads; and the addons' files, cut short. */
export const namedArtifacts: ArtifactStore = {
  programs: async ({ name: set, packaged, compiled }) => ({
    id: set,
    version: "1.0.0",
    files: (packaged?.programs ?? compiled.programs ?? [set]).map((name) => ({
      name,
      path: `/cache/${set}/${name}`,
    })),
  }),
  images: async (set) => ({
    kind: "archive",
    id: set.name,
    file: `/cache/${set.name}.tar`,
    names: set.names("1.36"),
  }),
  manifest: async ({ path }) => ({ id: path, text: addonFile(path) ?? `# the manifest ${path}\n` }),
  baseSystem: () => Promise.reject(new Error("a step makes no machine")),
  imagesAtHand: async () => true,
};
