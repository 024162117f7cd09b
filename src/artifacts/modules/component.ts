import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import * as z from "zod";
import { LabwrightError, messageOf } from "../../errors.ts";
import { contentId } from "../../local/hash.ts";
import { packageFolder } from "../../paths.ts";
import type { Component, ModuleName } from "../components.ts";
import type { Target } from "../target.ts";

/** `build.json` of a wrapper module: how its programs are compiled. */
const recipeSchema = z.strictObject({
  version: z.string(),
  /** The file's name on a machine → its main package. */
  programs: z.record(z.string(), z.string()),
  tags: z.array(z.string()),
  /** Variable → value, for the linker's -X. */
  ldflags: z.record(z.string(), z.string()),
  /** Files that take the place of a Go module's own: module → path in it → path in this folder. */
  replacements: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  /** A Go release that has to be used instead of the installed one: `go1.25.5`. */
  toolchain: z.string().optional(),
  /** Cold, on two cores. */
  estimatedSeconds: z.number().positive(),
  license: z.string(),
});

export type Recipe = z.infer<typeof recipeSchema>;

export interface WrapperModule {
  component: Component;
  folder: string;
  recipe: Recipe;
  /** Changes with anything that the programs are made from, except the installed Go release. */
  id: string;
}

const modulesFolder = join(packageFolder, "infra", "modules");

/** Reads a wrapper module. Throws `bad-wrapper-module`, which names the folder. */
export async function wrapperModule(
  name: ModuleName,
  target: Target,
  parent = modulesFolder,
): Promise<WrapperModule> {
  const folder = join(parent, name.folder);
  try {
    const recipe = recipeSchema.parse(JSON.parse(await readFile(join(folder, "build.json"), "utf8")));
    const sources = await sourcesIn(folder);
    const contents = await Promise.all(sources.map((file) => readFile(join(folder, file))));
    const id = contentId([
      target.os,
      target.arch,
      ...sources.flatMap((file, i) => [file, contents[i] ?? ""]),
    ]);
    return { component: name.component, folder, recipe, id };
  } catch (error) {
    throw new LabwrightError({
      code: "bad-wrapper-module",
      message: `the wrapper module in ${folder} cannot be used: ${messageOf(error)}`,
      remedy: "Install labwright again, or restore the folder from the repository.",
      cause: error,
    });
  }
}

/** What a compilation reads from the folder itself, by relative path, sorted. */
async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((item) => item.isFile() && isSource(item.name))
    .map((item) => relative(folder, join(item.parentPath, item.name)))
    .sort();
}

const isSource = (name: string): boolean =>
  ["go.mod", "go.sum", "build.json"].includes(name) || (name.endsWith(".go") && !name.endsWith("_test.go"));
