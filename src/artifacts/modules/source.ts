import { LabwrightError } from "../../errors.ts";
import type { Architecture } from "../../hosts/architecture.ts";
import { oneAtATime } from "../../queue.ts";
import { isSupportedMinor, kubernetesMinors, minorOf } from "../../versions.ts";
import { listed } from "../../wording.ts";
import type { Cache } from "../cache.ts";
import { nodeRecipe, rootFileSystem } from "../debian.ts";
import { linux } from "../target.ts";
import type { Artifacts } from "../types.ts";
import type { BuildContext } from "./compiled.ts";
import { imagesId, moduleImages } from "./images.ts";
import { moduleFile } from "./manifest.ts";
import { compiledPrograms } from "./programs.ts";

export interface ModulesOptions {
  cache: Cache;
  /** What the lab wants: `1.36`, or in full `1.36.1`. */
  kubernetesVersion: string;
  signal?: AbortSignal | undefined;
}

/**
 * Everything compiled from published Go modules, on a userland of Debian packages: for networks that reach package
 * registries and nothing else. Throws `version-not-in-modules` for a release without a wrapper module.
 */
export function modulesSource({ cache, kubernetesVersion, signal }: ModulesOptions): Artifacts {
  const queue = oneAtATime(signal);
  const build = (arch: Architecture): BuildContext => ({ cache, target: linux(arch), signal, queue });
  if (!isSupportedMinor(kubernetesVersion)) throw notInModules(kubernetesVersion);

  return {
    source: "modules",
    programs: (set, { architecture }, activity) =>
      compiledPrograms(build(architecture), set, kubernetesVersion, activity),
    images: (set, architecture, activity) =>
      moduleImages(build(architecture), set, kubernetesVersion, activity),
    // It is the same for every processor.
    manifest: (file, activity) => moduleFile(build("amd64"), file, activity),
    async baseSystem(architecture, activity) {
      const root = await rootFileSystem(await nodeRecipe(), linux(architecture), cache, activity, signal);
      return { kind: "rootfs", ...root };
    },
    imagesAtHand: async (set, architecture) =>
      (await cache.find("images", await imagesId(linux(architecture), set, kubernetesVersion))) !== undefined,
  };
}

export const notInModules = (version: string): LabwrightError =>
  new LabwrightError({
    code: "version-not-in-modules",
    message: `Kubernetes ${version} cannot be compiled from Go modules: the wrapper modules are for ${listed(compiledReleases)}`,
    remedy: `Set cluster.version to "${minorOf(version)}", or use "source: upstream".`,
  });

const compiledReleases = Object.values(kubernetesMinors).map(({ kubernetes }) => kubernetes);
