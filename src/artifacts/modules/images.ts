import { join } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import { contentId } from "../../local/hash.ts";
import { type Component, moduleFor } from "../components.ts";
import { rootFileSystem, rootId, userlandRecipe } from "../debian.ts";
import { writeArchive } from "../images/archive.ts";
import { assemble, recipesFor } from "../images/assemble.ts";
import type { ImageSet } from "../images/image-set.ts";
import { imagesIn } from "../sets.ts";
import type { Target } from "../target.ts";
import type { Images } from "../types.ts";
import { type BuildContext, type Compiled, compiled } from "./compiled.ts";
import { wrapperModule } from "./component.ts";
import { moduleFile } from "./manifest.ts";

/** The components whose programs a set's images have. */
export function componentsOf({ recipes }: ImageSet): Component[] {
  const programs = Object.values(recipes).flatMap((recipe) => Object.values(recipe.programs));
  return [...new Set(programs.map(({ component }) => component))].sort();
}

/** The identity of a set's archive for a version of Kubernetes, known before anything of it is made. */
export async function imagesId(target: Target, set: ImageSet, kubernetesVersion: string): Promise<string> {
  const modules = await Promise.all(
    componentsOf(set).map((component) => wrapperModule(moduleFor(component, kubernetesVersion), target)),
  );
  const userland = standsOnUserland(set) ? rootId(await userlandRecipe(), target) : "";
  // What a manifest names follows from its module.
  const names = set.manifest ? [] : set.names(kubernetesVersion);
  return contentId([
    ...[set.name, JSON.stringify(set.recipes), userland],
    ...[...modules.map(({ id }) => id), ...names],
  ]);
}

/** A set's archive, from the cache or newly made; missing programs are compiled first. */
export async function moduleImages(
  build: BuildContext,
  set: ImageSet,
  kubernetesVersion: string,
  activity: Activity,
): Promise<Images> {
  const { cache, target, signal } = build;
  const id = await imagesId(target, set, kubernetesVersion);
  const named = async () =>
    set.manifest
      ? imagesIn((await moduleFile(build, set.manifest, activity)).text)
      : set.names(kubernetesVersion);
  const folder = await cache.entry({ kind: "images", id, activity }, async (draft) => {
    const [parts, userland] = await Promise.all([
      allCompiled(build, componentsOf(set), kubernetesVersion, activity),
      standsOnUserland(set)
        ? rootFileSystem(await userlandRecipe(), target, cache, activity, signal)
        : undefined,
    ]);
    const names = await named();
    await activity.child("artifact", `Pack the images of ${set.name}`, async () => {
      const images = recipesFor(names, set.recipes).map(({ name, recipe }) =>
        assemble(name, recipe, {
          program: (component, program) => parts.get(component)?.file(program) ?? "",
          userland: () => userland?.file ?? "",
        }),
      );
      await writeArchive(images, target, draft);
    });
  });
  return { kind: "archive", id, file: join(folder, "images.tar"), names: await named() };
}

async function allCompiled(
  build: BuildContext,
  components: readonly Component[],
  kubernetesVersion: string,
  activity: Activity,
) {
  const made = await Promise.all(
    components.map(
      async (component): Promise<[Component, Compiled]> => [
        component,
        await compiled(build, moduleFor(component, kubernetesVersion), activity),
      ],
    ),
  );
  return new Map(made);
}

const standsOnUserland = ({ recipes }: ImageSet): boolean =>
  Object.values(recipes).some(({ base }) => base === "userland");
