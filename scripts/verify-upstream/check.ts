import { LabwrightError } from "../../src/errors.ts";
import { reasonOf } from "../../src/http/client.ts";
import type { Upstream } from "./upstream.ts";
import { where } from "./where.ts";

/** `notice`: nothing breaks, and a person should know. `skipped`: it could not be looked at here. */
export type Status = "same" | "notice" | "differs" | "skipped";

export interface Finding {
  status: Status;
  text: string;
  /** What to change, and where. */
  change?: string;
}

export interface Check {
  /** In plain words. */
  name: string;
  /** What labwright takes for granted, and where that comes from. */
  assumes: string;
  /** Hosts that it asks. */
  places: readonly string[];
  observe(upstream: Upstream): Promise<Finding[]>;
}

export interface Result extends Omit<Check, "observe"> {
  findings: Finding[];
}

export const same = (text: string): Finding => ({ status: "same", text });
export const skipped = (text: string): Finding => ({ status: "skipped", text });
export const notice = (text: string, change?: string): Finding => ({
  status: "notice",
  text,
  ...(change !== undefined && { change }),
});
export const differs = (text: string, change: string): Finding => ({ status: "differs", text, change });

/** What the product's own errors mean for its source. */
const changes: Record<string, () => string> = {
  "repository-untrusted": () =>
    `compare the fingerprint with the project's own page, then change it in ${where("src/artifacts/upstream/repositories.ts", "export interface PackageRepository")}`,
  "index-missing": () =>
    `change \`index\` in ${where("src/artifacts/upstream/repositories.ts", "export interface PackageRepository")}`,
  "package-missing": () => `change the range in ${where("src/versions.ts", "export const releaseRanges")}`,
  "programs-missing": () =>
    `change \`programs\` or \`packages\` of that ${where("src/artifacts/program-set.ts", "export interface ProgramSet")}`,
  "bad-package": () => `add the format to ${where("src/artifacts/upstream/deb.ts", "function decompressor")}`,
  "wrong-processor": () =>
    `report it to the repository; labwright refuses the package in ${where("src/artifacts/upstream/elf.ts", "export async function assertBuiltFor")}`,
  "checksum-wrong": () => "run it again: a repository that is being updated passes; a wrong file does not",
  "download-failed": () =>
    `run it again: an outage passes; if not, change the address in ${where("src/artifacts/upstream/repositories.ts", "export interface PackageRepository")}`,
};

/** A check that fails is a difference: its assumption could not be confirmed. */
export function findingOf(error: unknown): Finding {
  const change = error instanceof LabwrightError ? changes[error.code]?.() : undefined;
  const text = error instanceof LabwrightError ? error.message : reasonOf(error);
  return differs(text, change ?? "look at the place by hand: the check could not be made");
}

/** Runs `observe`, and makes a difference of what it throws. */
export const guarded = (observe: () => Promise<Finding[]>): Promise<Finding[]> =>
  observe().catch((error: unknown) => [findingOf(error)]);

export async function runChecks(
  checks: readonly Check[],
  upstream: Upstream,
  started: (check: Check) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = [];
  for (const check of checks) {
    started(check);
    const { observe, ...words } = check;
    results.push({ ...words, findings: await guarded(() => observe(upstream)) });
  }
  return results;
}

export const isDifferent = (results: readonly Result[]): boolean =>
  results.some(({ findings }) => findings.some(({ status }) => status === "differs"));
