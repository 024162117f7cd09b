import { readKeys } from "openpgp";
import type { RepositoryPlace } from "../../src/artifacts/upstream/places.ts";
import { type Check, type Finding, guarded, notice, same } from "./check.ts";
import { platformsOf } from "./platforms.ts";
import { programSets } from "./program-sets.ts";
import type { Upstream } from "./upstream.ts";
import { where } from "./where.ts";

const day = 86_400_000;
/** Days ahead that an expiring key is named. */
const ahead = 60;

export const signatures: Check = {
  name: "Each repository is signed by the known key",
  assumes:
    "InRelease is signed by the key with the pinned fingerprint and lists our index (src/artifacts/upstream/repositories.ts)",
  places: ["pkgs.k8s.io", "download.docker.com"],
  async observe(upstream) {
    const { places, minor } = upstream;
    const repositories = programSets.flatMap((set) =>
      platformsOf(set)
        .filter(({ architecture }) => architecture === "amd64")
        .map((platform) => places.repository(set.packaged.repository, minor, platform)),
    );
    const each = new Map(repositories.map((one) => [one.inRelease, one])).values();
    const found = await Promise.all([...each].map((one) => guarded(() => observe(one, upstream))));
    return found.flat();
  },
};

async function observe(place: RepositoryPlace, { entries, text }: Upstream): Promise<Finding[]> {
  const packages = await entries(place);
  const keys = await readKeys({ armoredKeys: await text(place.key) });
  const trusted = keys.find((key) => place.trusted.includes(key.getFingerprint().toUpperCase()));
  const expires = await trusted?.getExpirationTime();
  return [
    same(`${place.inRelease}: the signature is right; ${packages.length} packages`),
    ...expiry(place.key, expires ?? null, new Date()),
  ];
}

/** `null` and Infinity: unknown, never. */
export function expiry(url: string, expires: Date | number | null, now: Date): Finding[] {
  if (!(expires instanceof Date)) return [same(`${url}: the key does not expire`)];
  const days = Math.floor((expires.getTime() - now.getTime()) / day);
  const words = `${url}: the key expires on ${expires.toISOString().slice(0, 10)}, in ${days} days`;
  if (days > ahead) return [same(words)];
  const change = `look for the project's new key; its fingerprint goes to ${where("src/artifacts/upstream/repositories.ts", "export interface PackageRepository")}`;
  return [notice(words, change)];
}
