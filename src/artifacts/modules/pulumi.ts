import { dirname, join } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import { architectureNamed } from "../../hosts/architecture.ts";
import { cacheFolder } from "../../paths.ts";
import { oneAtATime } from "../../queue.ts";
import { openCache } from "../cache.ts";
import { fixedModule } from "../components.ts";
import { linux } from "../target.ts";
import { type BuildContext, compiled } from "./compiled.ts";
import { wrapperModule } from "./component.ts";

const module = fixedModule("pulumi");

/**
 * The folder that has Pulumi's engine (`pulumi`) and its provider plugins (`pulumi-resource-hcloud`) in it, compiled
 * from their Go modules if the cache does not have them: four minutes on two processors.
 */
export async function compiledPulumi(activity: Activity, signal?: AbortSignal): Promise<string> {
  return dirname((await compiled(build(signal), module, activity)).file("pulumi"));
}

/** Whether `compiledPulumi` would answer at once, from the cache. */
export async function pulumiAtHand(): Promise<boolean> {
  const { cache, target } = build();
  return (await cache.find("programs", (await wrapperModule(module, target)).id)) !== undefined;
}

const build = (signal?: AbortSignal): BuildContext => ({
  cache: openCache(join(cacheFolder(), "artifacts"), signal),
  queue: oneAtATime(signal),
  target: linux(architectureNamed(process.arch, "this computer")),
  signal,
});
