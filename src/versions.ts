import semver from "semver";

/**
 * The releases of Kubernetes, by minor. A minor is one entry here, with what its kubeadm prints for `config images list`, and
 * one folder infra/modules/<minor> with the wrapper modules that compile them. test/artifacts/modules/versions.test.ts
 * compares both.
 */
export const kubernetesMinors = {
  "1.35": { kubernetes: "1.35.4", etcd: "3.6.6-0", coredns: "1.13.1", pause: "3.10.1" },
  "1.36": { kubernetes: "1.36.3", etcd: "3.6.8-0", coredns: "1.14.2", pause: "3.10.2" },
  "1.37": { kubernetes: "1.37.2", etcd: "3.7.0-0", coredns: "1.14.6", pause: "3.10.2" },
} as const;

/**
 * What a lab has that names no version: the newest minor with which labwright's end-to-end tests run Calico 3.31. Tigera's
 * own tests of 3.31 cover 1.32 to 1.35, those of 3.32 cover 1.34 to 1.36, those of 3.33 cover 1.35 to 1.37:
 * https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#kubernetes-requirements of each release, as
 * quoted in https://github.com/Rusty-Gopher/kupre/releases/tag/v0.5.0
 */
export const defaultMinor: KubernetesMinor = "1.36";

/** The minor release of a version: `1.36` of `1.36` and of `1.36.3`. */
export const minorOf = (version: string): string => version.split(".").slice(0, 2).join(".");

/** The minor release before that of a version: `1.35` of `1.36.3`. The table may not have it. */
export const minorBefore = (version: string): string => `1.${Number(version.split(".")[1]) - 1}`;

/** Whether a version (`1.36`, `1.36.3`) is of this minor release or of a later one. */
export const isSince = (version: string, minor: KubernetesMinor): boolean =>
  semver.gte(`${minorOf(version)}.0`, `${minor}.0`);

export type KubernetesMinor = keyof typeof kubernetesMinors;

/** What machines that labwright makes are made from, in the words of os-release(5). */
export const baseDistribution = { id: "debian", codename: "bookworm" } as const;

/** The releases that the wrapper modules compile. */
export const crictlVersion = "1.36.0";
export const cniPluginsVersion = "1.9.1";
export const dockerComposeVersion = "2.40.3";

/**
 * The releases that a machine may have, as ranges of semver: upstream's repositories skip releases and lag behind, so the
 * newest one in the range that is really there is taken. crictl works with the minor before and after its own.
 */
export const releaseRanges = {
  "cni-plugins": ">=1.6.0 <2.0.0",
  "docker-compose": ">=2.40.0 <3.0.0",
} as const;

/** Whether a release (`2.4.1`) is in a range. */
export const satisfies = (release: string, range: string): boolean => semver.satisfies(release, range);

/** The range of crictl for a version of Kubernetes: `1.36` gives `>=1.35.0 <1.38.0`. */
export function crictlRange(version: string): string {
  const number = Number(version.split(".")[1]);
  return `>=1.${number - 1}.0 <1.${number + 2}.0`;
}

export const isSupportedMinor = (minor: string): minor is KubernetesMinor =>
  Object.hasOwn(kubernetesMinors, minor);

/**
 * The releases that belong to a version: to a minor those of the table, to another patch release (`1.36.1`) its own of
 * Kubernetes. What else its kubeadm lists is asked on the machine. Throws a RangeError for a minor that validation refuses.
 */
export function releasesOf(version: string): Record<"kubernetes" | "etcd" | "coredns" | "pause", string> {
  const minor = minorOf(version);
  if (!isSupportedMinor(minor)) throw new RangeError(`Kubernetes ${version} is not in the table of versions`);
  const releases = kubernetesMinors[minor];
  return version === minor ? releases : { ...releases, kubernetes: version };
}
