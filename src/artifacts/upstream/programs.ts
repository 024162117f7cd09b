import { chmod, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import semver from "semver";
import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import type { Platform } from "../../hosts/platform.ts";
import { download, isMissing } from "../../http/download.ts";
import { contentId } from "../../local/hash.ts";
import { downloadsFolder } from "../../paths.ts";
import type { Cache } from "../cache.ts";
import type { ChoiceStore } from "../choices.ts";
import type { PackagedSet } from "../program-set.ts";
import type { Programs } from "../types.ts";
import { unpackPrograms } from "./deb.ts";
import { assertBuiltFor, isElf } from "./elf.ts";
import { candidates, type PackageEntry, releaseIn } from "./packages.ts";
import type { Places } from "./places.ts";
import { readRepository } from "./repository.ts";
import { type Wanted, wantedFor } from "./wanted.ts";

interface Options {
  cache: Cache;
  kubernetesVersion: string;
  places: Places;
  choices: ChoiceStore;
  signal?: AbortSignal | undefined;
}

/** Fetches a set of programs in its packages. */
type PackagedPrograms = (set: PackagedSet, platform: Platform, activity: Activity) => Promise<Programs>;

/** Package → version, for every package of a set. */
type Versions = Record<string, string>;

/**
 * Sets of programs out of upstream's packages. What a lab has taken once it takes again, so that a machine which is added
 * later has the same; otherwise the newest release in the range that is really there is taken.
 */
export function upstreamPrograms(options: Options): PackagedPrograms {
  const { cache, kubernetesVersion, places, choices, signal } = options;
  const indexes = new Map<string, Promise<PackageEntry[]>>();

  function indexOf({ repository }: Wanted, activity: Activity): Promise<PackageEntry[]> {
    const known =
      indexes.get(repository.index.url) ?? readRepository(repository, { signal, note: activity.note });
    indexes.set(repository.index.url, known);
    return known;
  }

  return async (set, platform, activity) => {
    const wanted = wantedFor(set, kubernetesVersion, places, platform);
    const idOf = (versions: Versions): string => idOfPackages(set, platform, versions);
    const taken = (await choices.read()).packages[set.name];
    if (taken && isWithin(taken, wanted)) {
      const folder = await cache.find("packages", idOf(taken));
      if (folder) return programsIn(folder, idOf(taken), taken);
    }
    activity.note("reading the repository's index");
    const entries = await indexOf(wanted, activity);
    for (const versions of choicesIn(entries, wanted, platform, taken)) {
      const id = idOf(versions);
      try {
        const folder = await cache.entry({ kind: "packages", id, activity }, (draft) =>
          activity.child("artifact", `Fetch ${set.name} ${releaseOf(versions)}`, (part) =>
            fetchPrograms({ wanted, entries, versions, platform, draft, activity: part, signal }),
          ),
        );
        await choices.change(({ packages }) => {
          packages[set.name] = versions;
        });
        return programsIn(folder, id, versions);
      } catch (error) {
        if (!isMissing(error)) throw error;
        activity.note(
          `${set.name} ${releaseOf(versions)} is listed but cannot be fetched: trying the previous release`,
        );
      }
    }
    throw notThere(wanted, entries, platform);
  };
}

const isWithin = (versions: Versions, { packages, range }: Wanted): boolean =>
  packages.every((name) => semver.satisfies(releaseIn(versions[name] ?? "") ?? "0.0.0", range));

const releaseOf = (versions: Versions): string => releaseIn(Object.values(versions)[0] ?? "") ?? "";

function idOfPackages({ name, packaged }: PackagedSet, platform: Platform, versions: Versions): string {
  const { architecture, distribution } = platform;
  const suite = packaged.byDistribution ? distribution.codename : "";
  return contentId([name, architecture, suite, JSON.stringify(versions)]);
}

async function programsIn(folder: string, id: string, versions: Versions): Promise<Programs> {
  const names = (await readdir(folder)).sort();
  return {
    id,
    version: releaseOf(versions),
    files: names.map((name) => ({ name, path: join(folder, name) })),
  };
}

/** Every choice of one version for each package, best first; what the lab has taken comes before all others. */
function choicesIn(
  entries: readonly PackageEntry[],
  { packages, range }: Wanted,
  { architecture }: Platform,
  taken: Versions | undefined,
): Versions[] {
  const lists = packages.map((name) => candidates(entries, { name, range, architecture }));
  const together = (lists[0] ?? []).flatMap(({ version }): Versions[] => {
    const same = lists.map((list) => list.find((one) => one.version === version));
    return same.every((one) => one !== undefined)
      ? [Object.fromEntries(same.map((one) => [one.name, one.version]))]
      : [];
  });
  const isTaken = (versions: Versions): boolean => isDeepStrictEqual(versions, taken);
  return [...together.filter(isTaken), ...together.filter((versions) => !isTaken(versions))];
}

interface Fetching {
  wanted: Wanted;
  entries: readonly PackageEntry[];
  versions: Versions;
  platform: Platform;
  draft: string;
  activity: Activity;
  signal: AbortSignal | undefined;
}

/** Leaves in `draft` the programs of the packages, and nothing else. */
async function fetchPrograms({
  wanted,
  entries,
  versions,
  platform,
  draft,
  activity,
  signal,
}: Fetching): Promise<void> {
  const { architecture } = platform;
  const fetched = downloadsFolder();
  const unpacked = join(draft, ".unpacked");
  await mkdir(fetched, { recursive: true });
  await mkdir(unpacked);
  const files: string[] = [];
  for (const name of wanted.packages) {
    const entry = entries.find(
      (one) =>
        one.name === name &&
        one.version === versions[name] &&
        [architecture, "all"].includes(one.architecture),
    );
    if (!entry) throw notThere(wanted, entries, platform);
    const url = `${wanted.repository.root}/${entry.file.replace(/^\.\//, "")}`;
    const file = join(fetched, `${entry.sha256}.deb`);
    const note = (text: string) => activity.note(`${name} ${entry.version}: ${text}`);
    await download({ url, file, sha256: entry.sha256, size: entry.size, signal, note });
    await unpackPrograms(file, unpacked);
    files.push(file);
    for (const program of await readdir(unpacked)) {
      const from = join(unpacked, program);
      const isWanted = (!wanted.only || wanted.programs.includes(program)) && (await isElf(from));
      if (!isWanted) continue;
      await assertBuiltFor(from, architecture, url);
      await rename(from, join(draft, program));
      await chmod(join(draft, program), 0o755);
    }
  }
  await rm(unpacked, { recursive: true });
  const present = await readdir(draft);
  const missing = wanted.programs.filter((name) => !present.includes(name));
  if (missing.length > 0) throw programsMissing(missing, wanted, versions);
  // Not one by one: a run that is killed before the last would fetch the first again.
  await Promise.all(files.map((file) => rm(file)));
}

function notThere(
  { repository, packages, range }: Wanted,
  entries: readonly PackageEntry[],
  { architecture }: Platform,
) {
  const there = [
    ...new Set(
      entries
        .filter((one) => packages.includes(one.name) && one.architecture === architecture)
        .map(({ version }) => version),
    ),
  ];
  return new LabwrightError({
    code: "package-missing",
    message: `${repository.index.url} has no ${packages.join(", ")} of the release ${range} for ${architecture} that can be fetched; it lists ${there.slice(-8).join(", ") || "none"}`,
    remedy: "Use another mirror, or a Kubernetes version that the repository still has.",
  });
}

const programsMissing = (missing: string[], { packages }: Wanted, versions: Versions): LabwrightError =>
  new LabwrightError({
    code: "programs-missing",
    message: `the packages ${packages.join(", ")} ${releaseOf(versions)} do not contain ${missing.join(", ")}`,
    remedy: "Use another mirror, or `source: modules`.",
  });
