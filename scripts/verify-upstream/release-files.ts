import type { ReleaseFile } from "../../src/artifacts/release-file.ts";
import { addonNamed } from "../../src/components/addon/addons.ts";
import { hetznerControllerManifest } from "../../src/components/cloud/hetzner/release.ts";
import { calicoManifest } from "../../src/components/network/calico/release.ts";
import { flannelManifest } from "../../src/components/network/flannel/release.ts";
import { addons } from "../../src/lab/available.ts";

/** Every file of a release that is pinned by its SHA-256, and the file that pins it. */
export const pinnedFiles: readonly (readonly [ReleaseFile, string])[] = [
  [calicoManifest, "src/components/network/calico/release.ts"],
  [flannelManifest, "src/components/network/flannel/release.ts"],
  [hetznerControllerManifest, "src/components/cloud/hetzner/release.ts"],
  ...addons.supported.flatMap((name) =>
    addonNamed(name).files.map((file) => [file, `src/components/addon/${name}/release.ts`] as const),
  ),
];
