import semver from "semver";
import type { Architecture } from "../../hosts/architecture.ts";

/** A package in a repository's index. */
export interface PackageEntry {
  name: string;
  /** As the index has it: `1.36.3-2.1`, `2.4.1-2~debian.12~bookworm`. */
  version: string;
  architecture: string;
  /** Relative to the repository's root. */
  file: string;
  /** Bytes. */
  size: number;
  sha256: string;
}

/** Reads a `Packages` index (deb822 paragraphs). Paragraphs without file or checksum are left out. */
export function parsePackages(text: string): PackageEntry[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = new Map(
      [...paragraph.matchAll(/^([A-Za-z0-9-]+): *(.*)$/gm)].map(([, key = "", value = ""]) => [
        key,
        value.trim(),
      ]),
    );
    const [name, version, file, sha256] = ["Package", "Version", "Filename", "SHA256"].map((key) =>
      fields.get(key),
    );
    if (!name || !version || !file || !sha256) return [];
    const architecture = fields.get("Architecture") ?? "all";
    return [{ name, version, architecture, file, size: Number(fields.get("Size") ?? 0), sha256 }];
  });
}

/** The upstream release in a Debian package's version: `2.4.1` in `2.4.1-2~debian.12~bookworm`, `5:29.9.0-1`. */
export const releaseIn = (version: string): string | undefined =>
  /^(?:\d+:)?v?(\d+\.\d+\.\d+)(?![\d.])/.exec(version)?.[1];

/**
 * The entries of a package for a processor whose release is in a range (of semver: `>=2.2.0 <2.5.0`, `1.36.3`), best
 * first: the newest release, and of that the newest revision.
 */
export function candidates(
  entries: readonly PackageEntry[],
  { name, range, architecture }: { name: string; range: string; architecture: Architecture },
): PackageEntry[] {
  const release = ({ version }: PackageEntry) => releaseIn(version) ?? "0.0.0";
  return entries
    .filter((one) => one.name === name && [architecture, "all"].includes(one.architecture))
    .filter((one) => semver.satisfies(release(one), range))
    .sort(
      (a, b) =>
        semver.rcompare(release(a), release(b)) ||
        b.version.localeCompare(a.version, "en", { numeric: true }),
    );
}
