import { sh } from "../../../hosts/sh.ts";
import { kubectl } from "../../../kubernetes/kubectl.ts";
import type { Addon } from "../addon.ts";
import { adapted, isDefaultClass, volumesFolder } from "./manifest.ts";
import { localPathFile, localPathImages, localPathVersion } from "./release.ts";

const volumes =
  'jsonpath={range .items[?(@.metadata.annotations.pv\\.kubernetes\\.io/provisioned-by=="rancher.io/local-path")]}{.metadata.name} {.spec.claimRef.namespace}/{.spec.claimRef.name}{"\\n"}{end}';

/** The default StorageClass: PersistentVolumes that are folders of the node that their pod runs on. */
export const addon: Addon = {
  version: localPathVersion,
  revision: 1,
  files: [localPathFile],
  images: localPathImages,
  adapt: adapted,
  proof: {
    differences: (objects) =>
      objects
        .filter(({ kind }) => kind === "StorageClass")
        .filter(
          ({ metadata }) =>
            (metadata.annotations as Record<string, string> | undefined)?.[isDefaultClass] !== "true",
        )
        .map(({ metadata }) => `the StorageClass ${metadata.name} is not the cluster's default`),
  },
  // As it names them: the volume, the claim's namespace, and the claim.
  written: { [volumesFolder]: ["pvc-*_*_*"] },
  bookkeeping: [],
  left: {
    ask: kubectl(sh`get persistentvolumes -o ${volumes}`),
    words: (line) => {
      const [volume = "", claim = ""] = line.split(" ");
      return `the PersistentVolume ${volume} of ${claim}, with its data in ${volumesFolder} on its node`;
    },
  },
};
