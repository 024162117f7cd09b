import semver from "semver";

/** The one table of versions. A Kubernetes minor names the releases of all that kubeadm of that minor expects. */
export const kubernetesMinors = {
  "1.36": { kubernetes: "1.36.3", etcd: "3.6.8-0", coredns: "1.14.2", pause: "3.10.2", crictl: "1.36.0" },
} as const;

export type KubernetesMinor = keyof typeof kubernetesMinors;

/** What machines that labwright makes are made from, in the words of os-release(5). */
export const baseDistribution = { id: "debian", codename: "bookworm" } as const;

/** The releases that the wrapper modules compile. */
export const containerdVersion = "2.4.2";
export const calicoVersion = "3.31.0";
export const hetznerControllerVersion = "1.35.0";
export const cniPluginsVersion = "1.9.1";
export const dockerComposeVersion = "2.40.3";

/**
 * The releases that a machine may have, as ranges of semver: upstream's repositories skip releases and lag behind, so the
 * newest one in the range that is really there is taken. containerd: https://containerd.io/releases/ (Kubernetes support);
 * crictl works with the minor before and after its own.
 */
export const releaseRanges = {
  containerd: ">=2.2.0 <2.5.0",
  "cni-plugins": ">=1.6.0 <2.0.0",
  "docker-compose": ">=2.40.0 <3.0.0",
} as const;

/** Whether a release (`2.4.1`) is in a range. */
export const satisfies = (release: string, range: string): boolean => semver.satisfies(release, range);

/** The range of crictl for a Kubernetes minor: `1.36` gives `>=1.35.0 <1.38.0`. */
export function crictlRange(minor: string): string {
  const number = Number(minor.split(".")[1]);
  return `>=1.${number - 1}.0 <1.${number + 2}.0`;
}

/**
 * What the exercises' own images are made from, as a hash: their names are the same in every labwright. A test tells
 * the new one where infra/modules/web or their recipes have changed.
 */
export const exerciseImages = "224fa697b5f3";

export const isSupportedMinor = (minor: string): minor is KubernetesMinor =>
  Object.hasOwn(kubernetesMinors, minor);

/** The releases that belong to a minor; throws a RangeError for one that validation would have refused. */
export function releasesOf(minor: string): (typeof kubernetesMinors)[KubernetesMinor] {
  if (!isSupportedMinor(minor)) throw new RangeError(`Kubernetes ${minor} is not in the table of versions`);
  return kubernetesMinors[minor];
}

/** Images that a task needs, imported or pulled together. */
export type ImageSet = "kubernetes" | "calico" | "nginx" | "nginx-stable" | "exercises";

/**
 * The images that each part of a cluster runs, as kubeadm, Calico's manifest and the playbooks name them. Only those of
 * Kubernetes itself depend on its minor.
 */
export function imageNames(set: Exclude<ImageSet, "kubernetes">): string[];
export function imageNames(set: ImageSet, minor: string): string[];
export function imageNames(set: ImageSet, minor = ""): string[] {
  if (set === "nginx") return ["docker.io/library/nginx:latest"];
  // Of the tag `latest` a kubelet asks a registry, unless it is told not to, for an image that lies on its node.
  if (set === "nginx-stable") return ["docker.io/library/nginx:stable"];
  if (set === "exercises") return ["docker.io/labwright/web:1", "docker.io/labwright/web:2"];
  if (set === "calico") {
    return ["node", "cni", "kube-controllers", "typha"].map(
      (name) => `quay.io/calico/${name}:v${calicoVersion}`,
    );
  }
  const { kubernetes, etcd, coredns, pause } = releasesOf(minor);
  const own = ["apiserver", "controller-manager", "scheduler", "proxy"].map(
    (name) => `kube-${name}:v${kubernetes}`,
  );
  return [...own, `coredns/coredns:v${coredns}`, `pause:${pause}`, `etcd:${etcd}`].map(
    (name) => `registry.k8s.io/${name}`,
  );
}
