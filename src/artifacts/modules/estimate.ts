import { architectureNamed } from "../../hosts/architecture.ts";
import { inWords } from "../../wording.ts";
import type { Cache } from "../cache.ts";
import { components, moduleFor } from "../components.ts";
import { linux } from "../target.ts";
import { wrapperModule } from "./component.ts";

/** Components that no cluster needs at its first start. */
const later: readonly string[] = ["docker-compose", "pulumi", "web"];

/** How long it takes to compile what a cluster needs and the cache does not have, in words; undefined if it has all. */
export async function compilingTime(cache: Cache, version: string): Promise<string | undefined> {
  const target = linux(architectureNamed(process.arch, "this computer"));
  const modules = await Promise.all(
    components
      .filter((name) => !later.includes(name))
      .map((name) => wrapperModule(moduleFor(name, version), target)),
  );
  const missing = await Promise.all(
    modules.map(async ({ id, recipe }) =>
      (await cache.find("programs", id)) === undefined ? recipe.estimatedSeconds : 0,
    ),
  );
  const seconds = missing.reduce((sum, one) => sum + one, 0);
  return seconds === 0 ? undefined : inWords(seconds * 1000);
}
