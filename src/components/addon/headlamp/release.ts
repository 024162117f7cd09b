import { fixedSet } from "../../../artifacts/images/image-set.ts";
import type { ReleaseFile } from "../../../artifacts/release-file.ts";

export const headlampVersion = "0.45.0";

export const headlampImage = `ghcr.io/headlamp-k8s/headlamp:v${headlampVersion}`;

/** https://headlamp.dev/docs/latest/installation/in-cluster/#using-simple-yaml */
export const headlampFile: ReleaseFile = {
  repository: "kubernetes-sigs/headlamp",
  path: `v${headlampVersion}/kubernetes-headlamp.yaml`,
  sha256: "9a893b6ce1f14660f76c5d79848e64979944125406e762f76278143cd2b863a2",
};

/** Its pages are made with Node from npm packages, so no Go module has them. */
export const headlampImages = fixedSet("headlamp", [headlampImage], {});
