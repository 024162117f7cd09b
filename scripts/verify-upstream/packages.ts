import semver from "semver";
import type { PackagedSet } from "../../src/artifacts/program-set.ts";
import { candidates, type PackageEntry, releaseIn } from "../../src/artifacts/upstream/packages.ts";
import { type Wanted, wantedFor } from "../../src/artifacts/upstream/wanted.ts";
import type { Platform } from "../../src/hosts/platform.ts";
import { request } from "../../src/http/client.ts";
import { kubernetesNode } from "../../src/kubernetes/program-sets.ts";
import { type Check, differs, type Finding, guarded, notice, same } from "./check.ts";
import { platformsOf } from "./platforms.ts";
import { decidedIn, programSets } from "./program-sets.ts";
import type { Upstream } from "./upstream.ts";

const placeOf = ({ architecture, distribution: { id, codename } }: Platform): string =>
  `${architecture}, ${id} ${codename}`;

export const packages: Check = {
  name: "Each package is there, whole, and holds the programs",
  assumes:
    "amd64 and arm64 have a release in its range, whose file has the size, checksum, programs and processor announced (src/versions.ts, src/artifacts/program-set.ts)",
  places: ["pkgs.k8s.io", "download.docker.com"],
  async observe(upstream) {
    const found: Finding[] = [];
    for (const set of programSets)
      for (const platform of platformsOf(set))
        found.push(...(await guarded(() => observe(set, platform, upstream))));
    return found;
  },
};

async function observe(set: PackagedSet, platform: Platform, upstream: Upstream): Promise<Finding[]> {
  const wanted = wantedFor(set, upstream.minor, upstream.places, platform);
  const entries = await upstream.entries(wanted.repository);
  const { architecture } = platform;
  const newest = wanted.packages.map(
    (name) => candidates(entries, { name, range: wanted.range, architecture })[0],
  );
  const absent = wanted.packages.filter((_, at) => newest[at] === undefined);
  if (absent.length > 0)
    return absent.map((name) =>
      differs(
        `${name} of ${wanted.range} is not there for ${placeOf(platform)}; it lists ${releases(entries, name, architecture).join(", ") || "none"}`,
        `change the release in ${decidedIn(set)}`,
      ),
    );
  const sizes = await Promise.all(newest.flatMap((entry) => (entry ? [sizeOf(entry, wanted)] : [])));
  const { version } = await upstream.programs(set, platform);
  const expected = releaseIn(newest[0]?.version ?? "");
  const older =
    version === expected
      ? []
      : [
          notice(
            `${set.name} ${expected} is listed for ${placeOf(platform)} and cannot be fetched: ${version} is taken`,
            "wait: upstream's files lag behind their index at times",
          ),
        ];
  return [...sizes.flat(), ...older, same(`${set.name} ${version} for ${placeOf(platform)}`)];
}

const releases = (entries: readonly PackageEntry[], name: string, architecture: string): string[] => [
  ...new Set(
    entries.filter((one) => one.name === name && one.architecture === architecture).map((one) => one.version),
  ),
];

/** The size that the server gives, against the one that the index announces. */
async function sizeOf({ file, size }: PackageEntry, { repository }: Wanted): Promise<Finding[]> {
  const url = `${repository.root}/${file.replace(/^\.\//, "")}`;
  const response = await request(url, { headers: { range: "bytes=0-0" } });
  await response.body?.cancel();
  const total = Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1]);
  if (response.status === 206 && total === size) return [];
  if (response.status === 206)
    return [differs(`${url} has ${total} bytes, ${size} are announced`, "report it to the repository")];
  return response.ok
    ? [notice(`${url} does not answer ranges (${response.status}): a broken download begins again`)]
    : [notice(`${url} answers with ${response.status}: the release before it is taken`)];
}

export const newer: Check = {
  name: "No newer release is outside our ranges",
  assumes: "the newest releases are in the ranges of src/versions.ts",
  places: ["pkgs.k8s.io", "download.docker.com"],
  async observe(upstream) {
    const [platform] = platformsOf(kubernetesNode);
    if (!platform) return [];
    const found = await Promise.all(
      programSets.map((set) =>
        guarded(async () => {
          const { repository, packages, range } = wantedFor(set, upstream.minor, upstream.places, platform);
          const entries = await upstream.entries(repository);
          return packages.slice(0, 1).map((name) => newest(set, name, range, entries));
        }),
      ),
    );
    return [...found.flat(), ...(await nextMinor(upstream))];
  },
};

function newest(set: PackagedSet, name: string, range: string, entries: readonly PackageEntry[]): Finding {
  const all = entries.filter((one) => one.name === name).flatMap((one) => releaseIn(one.version) ?? []);
  const last = all.toSorted(semver.rcompare)[0];
  if (last === undefined || !semver.gtr(last, range))
    return same(`${name}: ${last ?? "none"}, range ${range}`);
  return notice(`${name} ${last} is newer than ${range}`, `try it, then change ${decidedIn(set)}`);
}

async function nextMinor({ minor, places }: Upstream): Promise<Finding[]> {
  const next = `1.${Number(minor.split(".")[1]) + 1}`;
  const [platform] = platformsOf(kubernetesNode);
  if (!platform) return [];
  const { inRelease } = places.repository(kubernetesNode.packaged.repository, next, platform);
  const response = await request(inRelease, { headers: { range: "bytes=0-0" } });
  await response.body?.cancel();
  if (!response.ok) return [same(`Kubernetes ${next} is not there yet`)];
  return [notice(`Kubernetes ${next} is there`, `add a line to ${decidedIn(kubernetesNode)}`)];
}
