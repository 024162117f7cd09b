import semver from "semver";

/**
 * The releases of Kubernetes, by minor. A minor is one entry here, with what its kubeadm prints for `config images list`, and
 * one folder infra/modules/<minor> with the wrapper modules that compile them. test/artifacts/modules/versions.test.ts
 * compares both.
 */
export const kubernetesMinors = {
  "1.36": { kubernetes: "1.36.3", etcd: "3.6.8-0", coredns: "1.14.2", pause: "3.10.2" },
} as const;

/**
 * What a lab has that names no version.
 */
export const defaultMinor: KubernetesMinor = "1.36";

/** The minor release of a version: `1.36` of `1.36` and of `1.36.3`. */
export const minorOf = (version: string): string => version.split(".").slice(0, 2).join(".");

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

/** The range of crictl for a Kubernetes minor: `1.36` gives `>=1.35.0 <1.38.0`. */
export function crictlRange(minor: string): string {
  const number = Number(minor.split(".")[1]);
  return `>=1.${number - 1}.0 <1.${number + 2}.0`;
}

export const isSupportedMinor = (minor: string): minor is KubernetesMinor =>
  Object.hasOwn(kubernetesMinors, minor);

/** The releases that belong to a minor; throws a RangeError for one that validation would have refused. */
export function releasesOf(minor: string): (typeof kubernetesMinors)[KubernetesMinor] {
  if (!isSupportedMinor(minor)) throw new RangeError(`Kubernetes ${minor} is not in the table of versions`);
  return kubernetesMinors[minor];
}
