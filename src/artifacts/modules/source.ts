import type { Activity } from "../../engine/activity.ts";
import { LabwrightError } from "../../errors.ts";
import type { Cache } from "../cache.ts";
import { nodeRecipe, rootFileSystem } from "../debian.ts";
import { programSets } from "../sets.ts";
import type { Target } from "../target.ts";
import type { Artifacts, ProgramSet, Programs } from "../types.ts";
import { compiled, type Workshop } from "./compiled.ts";
import { wrapperModule } from "./component.ts";
import { imagesId, moduleImages } from "./images.ts";
import { calicoManifest } from "./manifest.ts";
import { oneAtATime } from "./queue.ts";

export interface ModulesOptions {
  cache: Cache;
  target: Target;
  /** The minor release that the lab wants: `1.36`. */
  minor: string;
  signal?: AbortSignal | undefined;
}

/**
 * Everything compiled from published Go modules, on a userland of Debian packages: for networks that reach package
 * registries and nothing else. Throws `version-not-in-modules` for a minor release without a wrapper module.
 */
export async function modulesSource({ cache, target, minor, signal }: ModulesOptions): Promise<Artifacts> {
  const workshop: Workshop = { cache, target, signal, queue: oneAtATime(signal) };
  const { recipe } = await wrapperModule("kubernetes", target);
  if (!recipe.version.startsWith(`${minor}.`)) throw notInModules(minor, recipe.version);

  async function programs(set: ProgramSet, activity: Activity): Promise<Programs> {
    const { component, names } = programSets[set];
    const { module, file } = await compiled(workshop, component, activity);
    const wanted = names ?? Object.keys(module.recipe.programs).sort();
    return {
      id: module.id,
      version: module.recipe.version,
      files: wanted.map((name) => ({ name, path: file(name) })),
    };
  }

  return {
    source: "modules",
    programs,
    images: (set, activity) => moduleImages(workshop, set, activity),
    async manifest(name, activity) {
      if (name !== "calico-typha") throw controllerNotInModules();
      return calicoManifest(workshop, activity);
    },
    async baseSystem(activity) {
      return {
        kind: "rootfs",
        ...(await rootFileSystem(await nodeRecipe(), target, cache, activity, signal)),
      };
    },
    imagesAtHand: async (set) => (await cache.find("images", await imagesId(target, set))) !== undefined,
  };
}

const controllerNotInModules = (): LabwrightError =>
  new LabwrightError({
    code: "controller-not-in-modules",
    message: "the cloud-controller-manager cannot be compiled from Go modules here: it comes as an image",
    remedy:
      'Set "source: upstream" where the places of manifests and images answer, or take cloud.controller out.',
  });

const notInModules = (minor: string, compilable: string): LabwrightError =>
  new LabwrightError({
    code: "version-not-in-modules",
    message: `Kubernetes ${minor} cannot be compiled from Go modules here: the wrapper module is for ${compilable}`,
    remedy: `Set cluster.version to "${compilable.split(".").slice(0, 2).join(".")}", or use "source: upstream".`,
  });
