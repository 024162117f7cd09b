import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Architecture } from "../../hosts/architecture.ts";
import { download } from "../../http/download.ts";
import type { Mirrors } from "../../lab/types.ts";
import { contentId } from "../../local/hash.ts";
import { oneAtATime } from "../../queue.ts";
import { baseDistribution, minorOf } from "../../versions.ts";
import type { Cache } from "../cache.ts";
import type { ChoiceStore } from "../choices.ts";
import type { BuildContext } from "../modules/compiled.ts";
import { imagesId, moduleImages } from "../modules/images.ts";
import { compiledPrograms } from "../modules/programs.ts";
import { isPackaged } from "../program-set.ts";
import { imagesIn } from "../sets.ts";
import { linux } from "../target.ts";
import type { Artifacts } from "../types.ts";
import { fetchImage } from "./fetched-image.ts";
import { placesOf } from "./places.ts";
import { upstreamPrograms } from "./programs.ts";

export interface UpstreamOptions {
  cache: Cache;
  kubernetesVersion: string;
  mirrors: Mirrors;
  choices: ChoiceStore;
  signal?: AbortSignal | undefined;
}

/**
 * Programs out of upstream's own packages, or compiled if it has none, images pulled by the machines themselves, and
 * released manifests.
 */
export function upstreamSource({
  cache,
  kubernetesVersion,
  mirrors,
  choices,
  signal,
}: UpstreamOptions): Artifacts {
  const places = placesOf(mirrors);
  const queue = oneAtATime(signal);

  const build = (architecture: Architecture): BuildContext => ({
    cache,
    target: linux(architecture),
    signal,
    queue,
  });
  const packaged = upstreamPrograms({ cache, kubernetesVersion, places, choices, signal });

  const manifest: Artifacts["manifest"] = async (wanted, activity) => {
    const { url, sha256 } = places.file(wanted);
    const file = basename(url);
    const folder = await cache.entry({ kind: "manifests", id: sha256, activity }, (draft) =>
      download({ url, file: join(draft, file), sha256, signal, note: activity.note }),
    );
    return { id: sha256, text: await readFile(join(folder, file), "utf8") };
  };

  return {
    source: "upstream",
    programs: (set, platform, activity) =>
      isPackaged(set)
        ? packaged(set, platform, activity)
        : compiledPrograms(build(platform.architecture), set, minorOf(kubernetesVersion), activity),
    images: async (set, architecture, activity) => {
      if (set.madeFrom !== undefined)
        return moduleImages(build(architecture), set, kubernetesVersion, activity);
      const names = set.manifest
        ? imagesIn((await manifest(set.manifest, activity)).text)
        : set.names(kubernetesVersion);
      const mirror = mirrors.images;
      return {
        kind: "pull",
        id: contentId(names),
        names,
        fetch: (name, activity) => fetchImage(name, { cache, architecture, mirror, signal, activity }),
      };
    },
    manifest,
    baseSystem: async () => {
      const registry = mirrors.images === undefined ? "" : `${new URL(mirrors.images).host}/library/`;
      const name = `${registry}${baseDistribution.id}:${baseDistribution.codename}`;
      return { kind: "image", id: contentId([name]), name };
    },
    // Pulled images are part of the node image, so they are not built. Exercises bring theirs when they start.
    imagesAtHand: async (set, architecture) =>
      !set.forExercisesOnly ||
      (await cache.find("images", await imagesId(linux(architecture), set, kubernetesVersion))) !== undefined,
  };
}
