import { LabwrightError } from "../../errors.ts";
import type { Component } from "../components.ts";
import type { Image } from "./archive.ts";
import type { Layer, LayerEntry } from "./layer.ts";
import type { ImageRecipe } from "./recipes.ts";

/** Where the things are that recipes name. */
export interface Ingredients {
  /** The file of a compiled program. */
  program(component: Component, program: string): string;
  /** The userland's tar; only asked for if a recipe is based on it. */
  userland(): string;
}

/** What programs expect of any Linux: users' names, a place for temporary files, names before DNS. */
const skeleton: Layer = {
  entries: [
    {
      type: "file",
      path: "/etc/passwd",
      mode: 0o644,
      from: { text: "root:x:0:0:root:/root:/sbin/nologin\n" },
    },
    { type: "file", path: "/etc/group", mode: 0o644, from: { text: "root:x:0:\n" } },
    { type: "file", path: "/etc/nsswitch.conf", mode: 0o644, from: { text: "hosts: files dns\n" } },
    { type: "directory", path: "/tmp", mode: 0o1777 },
  ],
};

/** The image that a recipe describes. The base's layer comes first, so that images share it. */
export function assemble(name: string, recipe: ImageRecipe, ingredients: Ingredients): Image {
  const base: Layer = recipe.base === "userland" ? { tar: ingredients.userland() } : skeleton;
  const entries = [
    ...each(
      recipe.programs,
      (path, { component, program }): LayerEntry => ({
        type: "file",
        path,
        mode: 0o755,
        from: { file: ingredients.program(component, program) },
      }),
    ),
    ...each(recipe.folders, (path, { mode, uid }): LayerEntry => ({ type: "directory", path, mode, uid })),
    ...each(recipe.texts, (path, text): LayerEntry => ({ type: "file", path, mode: 0o644, from: { text } })),
    ...each(recipe.links, (path, target): LayerEntry => ({ type: "link", path, target })),
    ...each(recipe.symlinks, (path, target): LayerEntry => ({ type: "symlink", path, target })),
  ];
  return { name, config: recipe.config, layers: [base, { entries }] };
}

const each = <T>(record: Record<string, T> | undefined, entry: (path: string, value: T) => LayerEntry) =>
  Object.entries(record ?? {}).map(([path, value]) => entry(path, value));

/** `registry.k8s.io/coredns/coredns:v1.14.2` → `coredns`, `v1.14.2`. */
export function imageNameParts(name: string): { last: string; tag: string } {
  const [, last, tag] = /([^/:]+):([^/:]+)$/.exec(name) ?? [];
  if (last === undefined || tag === undefined) {
    throw new LabwrightError({
      code: "bad-image-name",
      message: `"${name}" is not an image name with a tag`,
      remedy: "This is a bug in labwright: report it.",
    });
  }
  return { last, tag };
}

/** The recipe of each named image, by the last part of its name, without its tag or with it. Throws `unknown-image` for one that we cannot make. */
export function recipesFor(
  names: readonly string[],
  recipes: Record<string, ImageRecipe>,
): { name: string; recipe: ImageRecipe }[] {
  return names.map((name) => {
    const { last, tag } = imageNameParts(name);
    const recipe = recipes[last] ?? recipes[`${last}:${tag}`];
    if (recipe) return { name, recipe };
    throw new LabwrightError({
      code: "unknown-image",
      message: `the image ${name} cannot be built from Go modules`,
      remedy: 'Use "source: upstream", or a Kubernetes version that this labwright knows.',
    });
  });
}
