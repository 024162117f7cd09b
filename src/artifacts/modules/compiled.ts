import { join } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import type { Queue } from "../../queue.ts";
import type { Cache } from "../cache.ts";
import { components, type ModuleName } from "../components.ts";
import type { Target } from "../target.ts";
import { compile } from "./build.ts";
import { type WrapperModule, wrapperModule } from "./component.ts";

/** A component whose programs are there. */
export interface Compiled {
  module: WrapperModule;
  /** The file of one of its programs. */
  file(program: string): string;
}

export interface BuildContext {
  cache: Cache;
  /** Go compiles packages side by side by itself, so a second build would only take the first one's processors. */
  queue: Queue;
  target: Target;
  signal?: AbortSignal | undefined;
}

/** A component's programs, from the cache or compiled. */
export async function compiled(build: BuildContext, name: ModuleName, activity: Activity): Promise<Compiled> {
  const { cache, queue, target, signal } = build;
  const module = await wrapperModule(name, target);
  const title = `Compile ${name.component} ${module.recipe.version}`;
  const folder = await cache.entry({ kind: "programs", id: module.id, activity }, (draft) =>
    activity.child("artifact", title, (part) =>
      queue.run(
        components.indexOf(name.component),
        () => compile(module, target, draft, part, signal),
        () => part.note("waiting for the previous compilation"),
      ),
    ),
  );
  return { module, file: (program) => join(folder, program) };
}
