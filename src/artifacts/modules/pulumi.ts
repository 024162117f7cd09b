import { dirname, join } from "node:path";
import type { Activity } from "../../engine/activity.ts";
import { cacheFolder } from "../../paths.ts";
import { openCache } from "../cache.ts";
import { targetOf } from "../target.ts";
import { compiled } from "./compiled.ts";
import { oneAtATime } from "./queue.ts";

/**
 * The folder that has Pulumi's engine (`pulumi`) and its provider plugins (`pulumi-resource-hcloud`) in it, compiled
 * from their Go modules where the cache does not have them: four minutes on two processors.
 */
export async function compiledPulumi(activity: Activity, signal?: AbortSignal): Promise<string> {
  const workshop = {
    cache: openCache(join(cacheFolder(), "artifacts"), signal),
    queue: oneAtATime(signal),
    target: targetOf(process.arch),
    signal,
  };
  return dirname((await compiled(workshop, "pulumi", activity)).file("pulumi"));
}
