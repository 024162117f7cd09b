import { architectureNamed } from "../../hosts/architecture.ts";
import { inWords } from "../../wording.ts";
import type { Cache } from "../cache.ts";
import { moduleFor } from "../components.ts";
import type { Needs } from "../needs.ts";
import { linux } from "../target.ts";
import { wrapperModule } from "./component.ts";
import { componentsOf } from "./images.ts";

/** How long it takes to compile what a lab needs and the cache does not have, in words; undefined if it has all. */
export async function compilingTime(
  cache: Cache,
  needs: Needs,
  version: string,
): Promise<string | undefined> {
  const target = linux(architectureNamed(process.arch, "this computer"));
  const components = new Set([
    ...needs.programs.map(({ compiled }) => compiled.component),
    ...needs.images.flatMap(componentsOf),
  ]);
  const modules = await Promise.all(
    [...components].map((name) => wrapperModule(moduleFor(name, version), target)),
  );
  const missing = await Promise.all(
    modules.map(async ({ id, recipe }) =>
      (await cache.find("programs", id)) === undefined ? recipe.estimatedSeconds : 0,
    ),
  );
  const seconds = missing.reduce((sum, one) => sum + one, 0);
  return seconds === 0 ? undefined : inWords(seconds * 1000);
}
