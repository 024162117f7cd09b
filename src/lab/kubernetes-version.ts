import { isSupportedMinor, kubernetesMinors, minorOf, releasesOf } from "../versions.ts";
import { type Finding, valueAt } from "./finding.ts";
import type { Flaw } from "./names.ts";
import { list, shown } from "./nearest.ts";

const minors = Object.keys(kubernetesMinors);

/** A minor release, or any patch release of one: `1.36`, `1.36.1`. */
export const versionPattern = `^(${minors.map((minor) => minor.replace(".", "\\.")).join("|")})(\\.(0|[1-9]\\d{0,2}))?$`;

const isVersion = (value: string): boolean => new RegExp(versionPattern).test(value);

/** How each minor release can be named: `"1.36" (1.36.3)`. */
const choices = (): string => list(minors.map((minor) => `"${minor}" (${releasesOf(minor).kubernetes})`));

export function versionFlaw(value: string): Flaw | undefined {
  if (isVersion(value)) return undefined;
  const message = `Kubernetes ${/^[\w.-]+$/.test(value) ? value : shown(value)} is not supported`;
  const bare = value.replace(/^v/, "");
  if (isVersion(bare)) return { message, remedy: `write "${bare}", without the v` };
  return { message, remedy: `use one of: ${choices()}` };
}

/** A version as a lab has it: the release of the table of versions by its minor, any other in full. */
export const labVersion = (value: string): string =>
  value === releasesOf(minorOf(value)).kubernetes ? minorOf(value) : value;

/** A patch release that the wrapper modules are not for, where the lab file wants it compiled. */
export function versionFindings(value: unknown): Finding[] {
  const path = ["cluster", "version"];
  const version = valueAt(value, path);
  if (valueAt(value, ["source"]) !== "modules" || typeof version !== "string") return [];
  if (!isVersion(version) || isSupportedMinor(labVersion(version))) return [];
  const message = `Kubernetes ${version} cannot be compiled from Go modules`;
  return [{ path, message, remedy: `use one of: ${choices()}; or set source: upstream` }];
}
