import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Activity } from "../activity/activity.ts";
import { LabwrightError } from "../errors.ts";
import { contentId } from "../local/hash.ts";
import { runProgram } from "../local/program.ts";
import { cacheFolder } from "../paths.ts";
import { openCache } from "./cache.ts";
import { regularFiles } from "./regular-files.ts";

export interface PackagesRequest {
  /** As dpkg calls it: `amd64`. */
  arch: string;
  /** The machine's etc/apt, usr/share/keyrings and var/lib/dpkg/status: a tar, compressed by gzip, in base64. */
  files: string;
  names: readonly string[];
  activity: Activity;
}

/**
 * Fetches Debian packages for another machine with this computer's apt: from the machine's own sources, verified with
 * the machine's own keys, and all that is missing there and nothing else. Kept in the cache by what was asked.
 * Errors: `apt-missing`, `packages-unreachable`.
 */
export async function fetchPackages({ arch, files, names, activity }: PackagesRequest): Promise<string[]> {
  const cache = openCache(join(cacheFolder(), "artifacts"));
  const archive = Buffer.from(files, "base64");
  const root = join(cacheFolder(), "staging", `apt-${process.pid}-${contentId([files]).slice(0, 16)}`);
  const id = contentId([arch, ...names, files]);
  const folder = await cache.entry({ kind: "debian-packages", id, activity }, async (draft) => {
    await mkdir(root, { recursive: true });
    try {
      await pipeline(
        Readable.from([archive]),
        createGunzip(),
        regularFiles((path) => join(root, path)),
      );
      await settleKeys(root);
      const apt = aptFor(root, arch, draft);
      await mkdir(join(draft, "partial"), { recursive: true });
      await mkdir(join(root, "lists", "partial"), { recursive: true });
      activity.note("reading the lists of packages");
      // A source that is gone fails the update; the lists of the others are there all the same.
      const updated = runProgram("apt-get", [...apt, "update"]);
      await updated.catch(() => {});
      activity.note("fetching packages");
      await runProgram("apt-get", [...apt, "--yes", "--download-only", "install", ...names]).catch(
        async (error: unknown) => {
          await updated;
          throw error;
        },
      );
      await runProgram("rm", ["-rf", join(draft, "partial"), join(draft, "lock")]);
    } catch (error) {
      throw unreachable(error);
    } finally {
      await runProgram("rm", ["-rf", root]);
    }
  });
  const entries = await readdir(folder);
  return entries.filter((name) => name.endsWith(".deb")).map((name) => join(folder, name));
}

/** Keys that sources name by their path on the machine are taken from what came from there. */
async function settleKeys(root: string): Promise<void> {
  const folder = join(root, "etc/apt/sources.list.d");
  const parts = await readdir(folder).catch(() => []);
  for (const file of [join(root, "etc/apt/sources.list"), ...parts.map((name) => join(folder, name))]) {
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    await writeFile(file, text.replaceAll(/(signed-by\s*[=:]\s*)\//gi, `$1${root}/`));
  }
}

/** apt.conf(5), apt-get(8): every folder and file that would else be this computer's own. */
const aptFor = (root: string, arch: string, archives: string): string[] =>
  Object.entries({
    "APT::Architecture": arch,
    "APT::Architectures": arch,
    "APT::Install-Recommends": "false",
    "APT::Sandbox::User": "root",
    "Acquire::Retries": "3",
    "Acquire::Languages": "none",
    "Dir::State": root,
    "Dir::State::lists": `${root}/lists`,
    "Dir::State::status": `${root}/var/lib/dpkg/status`,
    "Dir::Cache": root,
    "Dir::Cache::archives": archives,
    "Dir::Etc::sourcelist": `${root}/etc/apt/sources.list`,
    "Dir::Etc::sourceparts": `${root}/etc/apt/sources.list.d`,
    "Dir::Etc::trusted": `${root}/etc/apt/trusted.gpg`,
    "Dir::Etc::trustedparts": `${root}/etc/apt/trusted.gpg.d`,
    "Dir::Etc::preferences": `${root}/etc/apt/preferences`,
    "Dir::Etc::preferencesparts": `${root}/etc/apt/preferences.d`,
  }).flatMap(([key, value]) => ["-o", `${key}=${value}`]);

function unreachable(error: unknown): LabwrightError {
  const missing = error instanceof LabwrightError && error.code === "program-missing";
  return new LabwrightError({
    code: missing ? "apt-missing" : "packages-unreachable",
    message: missing
      ? "a machine cannot reach its package mirrors, and this computer has no apt to fetch the packages"
      : "neither the machine nor this computer could fetch the packages that the machine needs",
    remedy: missing
      ? "Let the machine reach its distribution's package mirrors, or run labwright on Debian or Ubuntu."
      : "Let the machine, or this computer, reach the mirrors in the machine's /etc/apt.",
    ...(error instanceof LabwrightError && error.output !== undefined ? { output: error.output } : {}),
    cause: error,
  });
}
