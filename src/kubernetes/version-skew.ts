import semver from "semver";
import { LabwrightError } from "../errors.ts";
import { minorOf } from "../versions.ts";

export const skewPolicy = "https://kubernetes.io/releases/version-skew-policy/";

const minorNumber = (release: string): number => semver.minor(release);

/**
 * Why a machine cannot go from one release (`1.36.3`) to another; undefined if it can. The API server may be upgraded by one
 * minor release at a time, and nothing may be downgraded: kubeadm and https://kubernetes.io/releases/version-skew-policy/.
 */
export function skewRefusal(
  component: string,
  machine: string,
  { from, to }: { from: string; to: string },
): LabwrightError | undefined {
  const refused = (code: string, rule: string, remedy: string) =>
    new LabwrightError({
      code,
      message: `cannot change Kubernetes to ${to}: ${component} of ${machine} is ${from}, and ${rule} (${skewPolicy})`,
      remedy,
    });
  if (semver.gt(from, to))
    return refused(
      "version-downgrade",
      "Kubernetes cannot be downgraded",
      `Set cluster.version to "${minorOf(from)}" in the lab file; or run \`labwright down\`, then \`labwright up\`.`,
    );
  const next = `1.${minorNumber(from) + 1}`;
  if (component === "kube-apiserver" && minorNumber(to) > minorNumber(from) + 1)
    return refused(
      "version-skipped",
      "no minor release may be skipped",
      `Run \`labwright upgrade --to ${next}\` first.`,
    );
  return undefined;
}
