import type { ReleaseFile } from "../../../artifacts/release-file.ts";

export const hetznerControllerVersion = "1.35.0";

/**
 * Hetzner Cloud's cloud-controller-manager for private networks.
 * https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/reference/version-policy.md
 */
export const hetznerControllerManifest: ReleaseFile = {
  repository: "hetznercloud/hcloud-cloud-controller-manager",
  path: `v${hetznerControllerVersion}/deploy/ccm-networks.yaml`,
  sha256: "a3da779c3acae86dfe7e9bdfbad776193b1c0d48276cf1d7ba02ba1fcf2743e5",
};
