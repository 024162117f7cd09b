import { type Puller, type Pulling, pullImage, pullTimeout } from "../../artifacts/images/pull.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { progressIn, withoutProgress, withProgress } from "../../linux/progress.ts";
import type { ContainerRuntime } from "./container-runtime.ts";

/** The path of an archive on a machine until it is imported. */
export const imagesArchive = "/var/lib/labwright-images.tar";

/** Sends an archive of images, a file on this computer, and imports it into the machine's runtime. */
export async function importImages(
  host: Host,
  { images }: ContainerRuntime,
  file: string,
  { note, signal }: { note(text: string): void; signal: AbortSignal },
): Promise<void> {
  note("sending the images");
  await host.write({ path: imagesArchive, content: { localFile: file }, mode: 0o600 });
  note("importing the images");
  const importing = sh`${images.import(imagesArchive)} >/dev/null && rm ${imagesArchive}`;
  await host.run(withProgress(importing, images.imported), { signal });
}

/** Pulls the images that a machine does not have, one after the other; those that are there are not asked for again. */
export async function pullImages(
  host: Host,
  runtime: ContainerRuntime,
  { names, ...pulling }: Pulling & { names: readonly string[] },
): Promise<void> {
  const present = (await host.run(runtime.images.list())).stdout.split("\n");
  const missing = names.filter((name) => !present.includes(name));
  for (const [index, name] of missing.entries()) {
    const title = `pulling ${name}${missing.length > 1 ? ` (${index + 1} of ${missing.length})` : ""}`;
    await pullImage(pullerOf(host, runtime, pulling), name, title, pulling);
  }
}

const pullerOf = (host: Host, runtime: ContainerRuntime, { note, signal }: Pulling): Puller => ({
  name: host.name,

  async pull(image, progress) {
    const { code, stdout, stderr } = await host.run(
      withProgress(sh`${nodeProgram("crictl")} pull ${image} >/dev/null`, runtime.images.unfinished),
      {
        accept: "any",
        signal,
        timeout: pullTimeout,
        onLine: (line) => {
          const sizes = progressIn(line);
          if (sizes) progress(sizes.split(/\s+/).join(" + "));
        },
      },
    );
    return code === 0 ? undefined : withoutProgress(`${stdout}\n${stderr}`);
  },

  async rename(from, to) {
    await host.run(runtime.images.rename(from, to));
  },

  load: (file) => importImages(host, runtime, file, { note, signal }),
});
