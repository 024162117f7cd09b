import { type Puller, type Pulling, pullImage, pullTimeout } from "../../../artifacts/images/pull.ts";
import { sh } from "../../../hosts/sh.ts";
import type { Host } from "../../../hosts/types.ts";
import { nodeProgram } from "../../../kubernetes/node-programs.ts";
import { progressIn, withoutProgress, withProgress } from "../../../linux/progress.ts";
import { importImages } from "./import-images.ts";

/** Pulls the images that a machine does not have, one after the other; those that are there are not asked for again. */
export async function pullImages(
  host: Host,
  { names, ...pulling }: Pulling & { names: readonly string[] },
): Promise<void> {
  const present = (await host.run(sh`${nodeProgram("ctr")} -n k8s.io images ls -q`)).stdout.split("\n");
  const missing = names.filter((name) => !present.includes(name));
  for (const [index, name] of missing.entries()) {
    const title = `pulling ${name}${missing.length > 1 ? ` (${index + 1} of ${missing.length})` : ""}`;
    await pullImage(containerdOf(host, pulling), name, title, pulling);
  }
}

const containerdOf = (host: Host, { note, signal }: Pulling): Puller => ({
  name: host.name,

  async pull(image, progress) {
    const { code, stdout, stderr } = await host.run(
      withProgress(sh`${nodeProgram("crictl")} pull ${image} >/dev/null`, unfinished),
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
    await host.run(sh`${nodeProgram("ctr")} -n k8s.io images tag --force ${from} ${to} >/dev/null &&
      ${nodeProgram("ctr")} -n k8s.io images rm ${from} >/dev/null`);
  },

  load: (file) => importImages(host, file, { note, signal }),
});

/** How much of each layer is there, of those that are not complete. */
const unfinished = sh`${nodeProgram("ctr")} -n k8s.io content active | awk 'NR > 1 { print $2 }'`;
