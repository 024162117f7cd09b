import type { Activity } from "../../activity/activity.ts";
import { moduleFor } from "../components.ts";
import { type ProgramSet, versionFor } from "../program-set.ts";
import type { Programs } from "../types.ts";
import { type BuildContext, compiled } from "./compiled.ts";

/** A set of programs, compiled from its Go module for a version of Kubernetes (`1.36`). */
export async function compiledPrograms(
  build: BuildContext,
  set: ProgramSet,
  kubernetesVersion: string,
  activity: Activity,
): Promise<Programs> {
  const { component, programs } = set.compiled;
  const wrapper = moduleFor(component, versionFor(set, kubernetesVersion));
  const { module, file } = await compiled(build, wrapper, activity);
  const wanted = programs ?? Object.keys(module.recipe.programs).sort();
  return {
    id: module.id,
    version: module.recipe.version,
    files: wanted.map((name) => ({ name, path: file(name) })),
  };
}
