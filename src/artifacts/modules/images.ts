import { join } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import { contentId } from "../../local/hash.ts";
import { type ImageSet, imageNames } from "../../versions.ts";
import { rootFileSystem, rootId, userlandRecipe } from "../debian.ts";
import { writeArchive } from "../images/archive.ts";
import { assemble, recipesFor } from "../images/assemble.ts";
import {
  calicoRecipes,
  exerciseRecipes,
  type ImageRecipe,
  kubernetesRecipes,
  nginxRecipe,
} from "../images/recipes.ts";
import { imagesIn } from "../sets.ts";
import type { Target } from "../target.ts";
import type { Component, Images } from "../types.ts";
import { type Compiled, compiled, type Workshop } from "./compiled.ts";
import { wrapperModule } from "./component.ts";
import { calicoManifest } from "./manifest.ts";

/** What the images of a set are made with. */
const recipesOf: Record<ImageSet, Record<string, ImageRecipe>> = {
  kubernetes: kubernetesRecipes,
  calico: calicoRecipes,
  nginx: { nginx: nginxRecipe },
  "nginx-stable": { nginx: nginxRecipe },
  exercises: exerciseRecipes,
};

/** The components whose programs a set's images have. */
export function componentsOf(set: ImageSet): Component[] {
  const programs = Object.values(recipesOf[set]).flatMap((recipe) => Object.values(recipe.programs));
  return [...new Set(programs.map(({ component }) => component))].sort();
}

/** The identity of a set's archive, known before anything of it is made. */
export async function imagesId(target: Target, set: ImageSet): Promise<string> {
  const modules = await Promise.all(componentsOf(set).map((component) => wrapperModule(component, target)));
  const userland = standsOnUserland(set) ? rootId(await userlandRecipe(), target) : "";
  // The names of the other sets come from the modules themselves.
  const names = isNamedHere(set) ? imageNames(set, "") : [];
  return contentId([set, JSON.stringify(recipesOf[set]), userland, ...modules.map(({ id }) => id), ...names]);
}

/** A set's archive, from the cache or made; its programs are compiled first where they are not there. */
export async function moduleImages(workshop: Workshop, set: ImageSet, activity: Activity): Promise<Images> {
  const { cache, target, signal } = workshop;
  const id = await imagesId(target, set);
  const folder = await cache.entry({ kind: "images", id, activity }, async (draft) => {
    const [parts, userland] = await Promise.all([
      allCompiled(workshop, componentsOf(set), activity),
      standsOnUserland(set)
        ? rootFileSystem(await userlandRecipe(), target, cache, activity, signal)
        : undefined,
    ]);
    const names = await namesIn(workshop, set, activity);
    await activity.child("artifact", `Pack the images of ${set}`, async () => {
      const images = recipesFor(names, recipesOf[set]).map(({ name, recipe }) =>
        assemble(name, recipe, {
          program: (component, program) => parts.get(component)?.file(program) ?? "",
          userland: () => userland?.file ?? "",
        }),
      );
      await writeArchive(images, target, draft);
    });
  });
  return {
    kind: "archive",
    id,
    file: join(folder, "images.tar"),
    names: await namesIn(workshop, set, activity),
  };
}

async function allCompiled(workshop: Workshop, components: readonly Component[], activity: Activity) {
  const made = await Promise.all(
    components.map(
      async (component): Promise<[Component, Compiled]> => [
        component,
        await compiled(workshop, component, activity),
      ],
    ),
  );
  return new Map(made);
}

const isNamedHere = (set: ImageSet): boolean => ["nginx", "nginx-stable", "exercises"].includes(set);

const standsOnUserland = (set: ImageSet): boolean =>
  Object.values(recipesOf[set]).some(({ base }) => base === "userland");

/** As those name them who will ask for them: kubeadm, Calico's own manifest, the playbooks. */
async function namesIn(workshop: Workshop, set: ImageSet, activity: Activity): Promise<string[]> {
  if (isNamedHere(set)) return imageNames(set, "");
  if (set === "calico") return imagesIn((await calicoManifest(workshop, activity)).text);
  // kubeadm may be for another processor than this computer's: the machine's own is asked when they are imported.
  const { recipe } = await wrapperModule("kubernetes", workshop.target);
  return imageNames(set, recipe.version.split(".").slice(0, 2).join("."));
}
