import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LabwrightError } from "../../errors.ts";
import { download } from "../../http/download.ts";
import { type PackageEntry, parsePackages } from "./packages.ts";
import type { RepositoryPlace } from "./places.ts";
import { signedIndexes } from "./release.ts";

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  note?(text: string): void;
}

/** While a repository is being updated its index and the signed list differ for a moment: looks, and milliseconds between. */
export const updating = { looks: 3, pause: 5000 };

/** The packages of a repository, from an index whose signature and checksum are right. */
export async function readRepository(place: RepositoryPlace, options: ReadOptions): Promise<PackageEntry[]> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-index-"));
  const textOf = async (url: string, sha256?: string): Promise<string> => {
    const file = join(folder, "file");
    await download({ url, file, ...(sha256 !== undefined && { sha256 }), ...options });
    return readFile(file, "utf8");
  };
  try {
    const armored = await textOf(place.key);
    for (let look = 1; ; look++) {
      const release = await textOf(place.inRelease);
      const indexes = await signedIndexes(release, place.inRelease, { armored, trusted: place.trusted });
      const sha256 = indexes.get(place.index.path);
      if (sha256 === undefined) throw notListed(place, [...indexes.keys()]);
      try {
        return parsePackages(await textOf(place.index.url, sha256));
      } catch (error) {
        const mayPass = error instanceof LabwrightError && error.code === "checksum-wrong";
        if (!mayPass || look >= updating.looks) throw error;
        options.note?.("the repository is being updated: reading it again");
        await sleep(updating.pause, undefined, options.signal ? { signal: options.signal } : {});
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const notListed = ({ inRelease, index }: RepositoryPlace, listed: string[]): LabwrightError =>
  new LabwrightError({
    code: "index-missing",
    message: `${inRelease} lists no index ${index.path}; it lists ${listed.slice(0, 8).join(", ") || "none"}`,
    remedy: "Use another mirror: this one has no packages for the machine's processor.",
  });
