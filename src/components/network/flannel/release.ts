import type { ImageSet } from "../../../artifacts/images/image-set.ts";
import { type ImageRecipe, path } from "../../../artifacts/images/recipes.ts";
import type { ReleaseFile } from "../../../artifacts/release-file.ts";

/** The release that the wrapper module compiles, and whose manifest is applied. */
export const flannelVersion = "0.28.4";

/** The label `k8s-app` of its pods: the release gives it to the DaemonSet, and `adapted` to the pods. */
export const flannelAgent = "flannel";

/** The bridge on each node that its pods are connected to. */
export const flannelBridge = "cni-flannel";

/** https://github.com/flannel-io/flannel#deploying-flannel-manually */
export const flannelManifest: ReleaseFile = {
  repository: "flannel-io/flannel",
  path: `v${flannelVersion}/Documentation/kube-flannel.yml`,
  sha256: "0bd380eb4954227c903bdea96dc9254650badd2d45ebe31978a47c3ffe2e9727",
  module: {
    component: "flannel",
    path: "github.com/flannel-io/flannel",
    file: "Documentation/kube-flannel.yml",
  },
};

/** By the last part of their names. The manifest's init containers run `cp` in both. */
const recipes: Record<string, ImageRecipe> = {
  flannel: {
    base: "userland",
    programs: { "/opt/bin/flanneld": { component: "flannel", program: "flanneld" } },
    config: { Env: [path], Entrypoint: ["/opt/bin/flanneld"], WorkingDir: "/" },
  },
  "flannel-cni-plugin": {
    base: "userland",
    programs: { "/flannel": { component: "flannel-cni", program: "flannel" } },
    config: { Env: [path], WorkingDir: "/" },
  },
};

export const flannelImages: ImageSet & { manifest: ReleaseFile } = {
  name: "flannel",
  names: () => [`ghcr.io/flannel-io/flannel:v${flannelVersion}`],
  release: () => `Flannel ${flannelVersion}`,
  manifest: flannelManifest,
  recipes,
};
