import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { runProgram } from "../../local/program.ts";
import type { Manifest } from "../types.ts";
import type { Workshop } from "./compiled.ts";
import { wrapperModule } from "./component.ts";
import { goEnvironment, requireGo } from "./go.ts";

const calicoModule = "github.com/projectcalico/calico";

/** `go mod download -json`: https://go.dev/ref/mod#go-mod-download */
const downloadSchema = z.object({ Dir: z.string() });

/** Calico's own manifest, out of the folder of the very module that its programs are compiled from. */
export async function calicoManifest(workshop: Workshop, activity: Activity): Promise<Manifest> {
  const { cache, target, signal } = workshop;
  const module = await wrapperModule("calico", target);
  const folder = await cache.entry({ kind: "manifests", id: module.id, activity }, (draft) =>
    activity.child("artifact", `Calico's manifest ${module.recipe.version}`, async () => {
      await requireGo(signal);
      const answer = await runProgram("go", ["mod", "download", "-json", calicoModule], {
        cwd: module.folder,
        env: goEnvironment(module.recipe, target),
        signal,
      }).catch((error) => {
        signal?.throwIfAborted();
        throw new LabwrightError({
          code: "manifest-missing",
          message: `the Go module ${calicoModule}, which has Calico's manifest in it, could not be downloaded`,
          remedy: "Check that the Go module proxy (`go env GOPROXY`) answers, and run the command again.",
          ...(error instanceof LabwrightError && error.output !== undefined ? { output: error.output } : {}),
          cause: error,
        });
      });
      const { Dir } = downloadSchema.parse(JSON.parse(answer));
      await copyFile(join(Dir, "manifests", "calico-typha.yaml"), join(draft, "calico-typha.yaml"));
    }),
  );
  return { id: module.id, text: await readFile(join(folder, "calico-typha.yaml"), "utf8") };
}
