import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabwrightError } from "../../errors.ts";

/** One package in a repository's index: Debian policy, "Debian Archive", Packages files. */
export interface PackageEntry {
  name: string;
  version: string;
  /** Relative to the repository's root. */
  file: string;
  sha256: string;
}

/** Reads a `Packages` index: paragraphs of `Key: value` lines. Paragraphs without file or checksum are left out. */
export function parsePackages(text: string): PackageEntry[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const field = (key: string) => new RegExp(`^${key}: *(.+)$`, "m").exec(paragraph)?.[1]?.trim();
    const [name, version, file, sha256] = [
      field("Package"),
      field("Version"),
      field("Filename"),
      field("SHA256"),
    ];
    return name && version && file && sha256 ? [{ name, version, file, sha256 }] : [];
  });
}

/** The newest build of a release: `1.36.3` is `1.36.3-1.1` or, of an older build, `1.36.3-1.0`. */
export function pick(
  entries: readonly PackageEntry[],
  name: string,
  release: string | undefined,
): PackageEntry | undefined {
  const mine = entries.filter(
    (one) => one.name === name && (release === undefined || one.version.split("-")[0] === release),
  );
  return mine.toSorted((a, b) => a.version.localeCompare(b.version, "en", { numeric: true })).at(-1);
}

/** Gets a URL. Throws `download-failed` with the status or the reason; a place that is silent for 60 s counts as failed. */
export async function download(url: string, signal?: AbortSignal): Promise<Buffer> {
  const limit = AbortSignal.any([AbortSignal.timeout(10 * 60_000), ...(signal ? [signal] : [])]);
  try {
    const response = await fetch(url, { signal: limit });
    if (!response.ok) throw new Error(`it answers with ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LabwrightError({
      code: "download-failed",
      message: `${url} could not be fetched: ${why}`,
      remedy: "check the network and the mirrors in the lab file, then run the command again",
      cause,
    });
  }
}

/** Downloads a package into a folder, and throws `checksum-wrong` where it is not the one that the index describes. */
export async function downloadPackage(
  root: string,
  entry: PackageEntry,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const url = `${root}/${entry.file.replace(/^\.\//, "")}`;
  const bytes = await download(url, signal);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== entry.sha256) {
    throw new LabwrightError({
      code: "checksum-wrong",
      message: `${url} has the SHA-256 ${found}, but the repository's index says ${entry.sha256}`,
      remedy: "the mirror is broken or out of date: use another one",
    });
  }
  const file = join(folder, `${entry.name}.deb`);
  await writeFile(file, bytes);
  return file;
}
