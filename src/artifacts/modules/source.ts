import { LabwrightError } from "../../errors.ts";
import type { Architecture } from "../../hosts/architecture.ts";
import type { Cache } from "../cache.ts";
import { moduleFor } from "../components.ts";
import { nodeRecipe, rootFileSystem } from "../debian.ts";
import { linux } from "../target.ts";
import type { Artifacts } from "../types.ts";
import { type BuildContext, compiled } from "./compiled.ts";
import { wrapperModule } from "./component.ts";
import { imagesId, moduleImages } from "./images.ts";
import { moduleFile } from "./manifest.ts";
import { oneAtATime } from "./queue.ts";

export interface ModulesOptions {
  cache: Cache;
  /** The minor release that the lab wants: `1.36`. */
  minor: string;
  signal?: AbortSignal | undefined;
}

/**
 * Everything compiled from published Go modules, on a userland of Debian packages: for networks that reach package
 * registries and nothing else. Throws `version-not-in-modules` for a minor release without a wrapper module.
 */
export async function modulesSource({ cache, minor, signal }: ModulesOptions): Promise<Artifacts> {
  const queue = oneAtATime(signal);
  const build = (arch: Architecture): BuildContext => ({ cache, target: linux(arch), signal, queue });
  const { recipe } = await wrapperModule(moduleFor("kubernetes", minor), linux("amd64"));
  if (!recipe.version.startsWith(`${minor}.`)) throw notInModules(minor, recipe.version);

  const programsOf: Artifacts["programs"] = async (
    { compiled: { component, programs } },
    { architecture },
    activity,
  ) => {
    const { module, file } = await compiled(build(architecture), moduleFor(component, minor), activity);
    const wanted = programs ?? Object.keys(module.recipe.programs).sort();
    return {
      id: module.id,
      version: module.recipe.version,
      files: wanted.map((name) => ({ name, path: file(name) })),
    };
  };

  return {
    source: "modules",
    programs: programsOf,
    images: (set, architecture, activity) => moduleImages(build(architecture), set, minor, activity),
    // It is the same for every processor.
    manifest: (file, activity) => moduleFile(build("amd64"), file, activity),
    async baseSystem(architecture, activity) {
      const root = await rootFileSystem(await nodeRecipe(), linux(architecture), cache, activity, signal);
      return { kind: "rootfs", ...root };
    },
    imagesAtHand: async (set, architecture) =>
      (await cache.find("images", await imagesId(linux(architecture), set, minor))) !== undefined,
  };
}

const notInModules = (minor: string, compilable: string): LabwrightError =>
  new LabwrightError({
    code: "version-not-in-modules",
    message: `Kubernetes ${minor} cannot be compiled from Go modules: the wrapper module is for ${compilable}`,
    remedy: `Set cluster.version to "${compilable.split(".").slice(0, 2).join(".")}", or use "source: upstream".`,
  });
