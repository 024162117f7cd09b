import type { Mirrors } from "../../lab/types.ts";
import { calicoVersion, hetznerControllerVersion } from "../../versions.ts";
import type { ManifestName } from "../types.ts";

/** A base URL, without a slash at its end. */
const trimmed = (url: string): string => url.replace(/\/+$/, "");

/** Where upstream keeps its things; a mirror takes the place of scheme and host, the path stays. */
export interface Places {
  /** The package repository of a Kubernetes minor: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/ */
  kubernetes(minor: string): string;
  /** Docker's package repository, which has containerd: https://docs.docker.com/engine/install/debian/ */
  docker: string;
  /** The registry API that is asked whether images can be had. */
  registry: string;
  /**
   * Manifests of releases. https://docs.tigera.io/calico/latest/getting-started/kubernetes/self-managed-onprem/onpremises,
   * https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/reference/version-policy.md
   */
  manifest(name: ManifestName): string;
}

const manifestPaths: Record<ManifestName, { repository: string; path: string }> = {
  "calico-typha": {
    repository: "projectcalico/calico",
    path: `v${calicoVersion}/manifests/calico-typha.yaml`,
  },
  "hetzner-controller": {
    repository: "hetznercloud/hcloud-cloud-controller-manager",
    path: `v${hetznerControllerVersion}/deploy/ccm-networks.yaml`,
  },
};

export function placesOf({ packages, images, manifests }: Mirrors): Places {
  const kubernetes = packages === undefined ? "https://pkgs.k8s.io" : trimmed(packages);
  return {
    kubernetes: (minor) => `${kubernetes}/core:/stable:/v${minor}/deb`,
    docker: `${packages === undefined ? "https://download.docker.com" : trimmed(packages)}/linux/debian`,
    registry: images === undefined ? "https://registry.k8s.io/v2/" : `${trimmed(images)}/v2/`,
    manifest: (name) => {
      const { repository, path } = manifestPaths[name];
      const root =
        manifests === undefined ? `https://raw.githubusercontent.com/${repository}` : trimmed(manifests);
      return `${root}/${path}`;
    },
  };
}

/** Milliseconds after which a place that has not answered counts as not to be reached. */
const patience = 2000;

/** Asks all places at once; says which does not answer, or undefined where all do. */
export async function unanswered(mirrors: Mirrors, signal?: AbortSignal): Promise<string | undefined> {
  const places = placesOf(mirrors);
  const wanted = {
    "the package repository": `${places.kubernetes("1.36")}/Packages`,
    "the image registry": places.registry,
    "the place of manifests": places.manifest("calico-typha"),
  };
  const answers = await Promise.all(
    Object.entries(wanted).map(async ([what, url]) => {
      const limit = AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]);
      const status = await fetch(url, { method: "HEAD", signal: limit }).then(
        (response) => response.status,
        () => 0,
      );
      // A registry answers an anonymous visitor with 401, and that is an answer.
      const well = (status >= 200 && status < 400) || status === 401;
      return well
        ? []
        : [`${what} ${status === 0 ? "does not answer" : `answers with ${status}`} (${new URL(url).host})`];
    }),
  );
  return answers.flat()[0];
}
