import { secondPlaceOf } from "../../src/artifacts/images/pull.ts";
import { baseDistribution } from "../../src/versions.ts";
import { type Check, differs, type Finding, guarded, same } from "./check.ts";
import { imageSets, writtenAt } from "./image-sets.ts";
import { architectures } from "./platforms.ts";
import { forProcessor, manifestOf, parseName, RegistryError } from "./registry.ts";
import { where } from "./where.ts";

/** The node image's base: src/artifacts/upstream/source.ts. */
const base = `docker.io/library/${baseDistribution.id}:${baseDistribution.codename}`;

export const images: Check = {
  name: "Each image is in its registry",
  assumes:
    "the images of Kubernetes, Calico, the addons and nginx are there for amd64 and arm64, for anybody",
  places: [
    "registry.k8s.io",
    "quay.io",
    "ghcr.io",
    "registry-1.docker.io",
    "auth.docker.io",
    "public.ecr.aws",
  ],
  async observe({ minor }) {
    const sets = imageSets.flatMap((set) => set.names(minor));
    const found = await Promise.all(
      withSecondPlaces([...sets, base]).map((name) => guarded(() => observe(name, minor))),
    );
    return found.flat();
  },
};

const withSecondPlaces = (names: readonly string[]): string[] =>
  names.flatMap((name) => [name, secondPlaceOf(name) ?? []].flat());

const nameOf = (name: string, minor: string): string => {
  const place =
    writtenAt(name, minor) ??
    (name === base
      ? where("src/versions.ts", "export const baseDistribution")
      : where("src/artifacts/images/pull.ts", "secondPlaceOf"));
  return `change the name in ${place}`;
};

async function observe(name: string, minor: string): Promise<Finding[]> {
  const image = parseName(name);
  const answer = await manifestOf(image, image.tag).catch((error: Error) => error);
  if (answer instanceof Error) {
    const isMissing = answer instanceof RegistryError && answer.status === 404;
    const change = isMissing ? nameOf(name, minor) : "run it again: a limit or an outage passes";
    return [differs(`${name} cannot be pulled: ${answer.message}`, change)];
  }
  const { digest, manifest } = answer;
  const missing = architectures.filter((architecture) => !forProcessor(manifest, architecture));
  if (missing.length > 0)
    return [differs(`${name} is not there for ${missing.join(", ")}`, nameOf(name, minor))];
  return [same(`${name} ${digest}`)];
}
