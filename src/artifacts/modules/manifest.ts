import { copyFile, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { contentId } from "../../local/hash.ts";
import { runProgram } from "../../local/program.ts";
import { fixedModule } from "../components.ts";
import type { ReleaseFile } from "../release-file.ts";
import type { Manifest } from "../types.ts";
import type { BuildContext } from "./compiled.ts";
import { wrapperModule } from "./component.ts";
import { goEnvironment, moduleFolder, requireGo } from "./go.ts";

/**
 * A release's file, out of the folder of the very Go module that the release's programs are compiled from. Throws
 * `manifest-not-in-modules` for a file that no Go module carries, `manifest-missing` if the module cannot be downloaded.
 */
export async function moduleFile(
  build: BuildContext,
  { repository, module: place }: ReleaseFile,
  activity: Activity,
): Promise<Manifest> {
  if (!place) throw notInModules(repository);
  const { cache, target, signal } = build;
  const module = await wrapperModule(fixedModule(place.component), target);
  const name = basename(place.file);
  const id = contentId([module.id, place.file]);
  const folder = await cache.entry({ kind: "manifests", id, activity }, (draft) =>
    activity.child("artifact", `Fetch ${name} ${module.recipe.version}`, async () => {
      await requireGo(signal);
      const go = (words: string[]) =>
        runProgram("go", words, {
          cwd: module.folder,
          env: goEnvironment(module.recipe, target),
          signal,
        });
      const source = await moduleFolder(go, place.path).catch((error) => {
        signal?.throwIfAborted();
        throw new LabwrightError({
          code: "manifest-missing",
          message: `could not download the Go module ${place.path}, which contains ${place.file}`,
          remedy: "Check that the Go module proxy (`go env GOPROXY`) answers, and run the command again.",
          ...(error instanceof LabwrightError && error.output !== undefined ? { output: error.output } : {}),
          cause: error,
        });
      });
      await copyFile(join(source, place.file), join(draft, name));
    }),
  );
  return { id, text: await readFile(join(folder, name), "utf8") };
}

const notInModules = (repository: string): LabwrightError =>
  new LabwrightError({
    code: "manifest-not-in-modules",
    message: `${repository} cannot be compiled from Go modules: it is published as a manifest and an image`,
    remedy:
      'Set "source: upstream" in the lab file, or remove the setting that needs it (such as `cloud.controller`), then run the command again.',
  });
