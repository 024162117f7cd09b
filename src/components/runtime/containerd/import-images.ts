import { sh } from "../../../hosts/sh.ts";
import type { Host } from "../../../hosts/types.ts";
import { nodeProgram } from "../../../kubernetes/node-programs.ts";
import { withProgress, writtenBy } from "../../../linux/progress.ts";

/** Where an archive lies on a machine until it is imported. */
export const imagesArchive = "/var/lib/labwright-images.tar";

/** Sends an archive of images, a file on this computer, and imports it into the machine's containerd. */
export async function importImages(
  host: Host,
  file: string,
  { note, signal }: { note(text: string): void; signal: AbortSignal },
): Promise<void> {
  note("sending the images");
  await host.write({ path: imagesArchive, content: { localFile: file }, mode: 0o600 });
  note("importing the images");
  await host.run(withProgress(importing, written), { signal });
}

const importing = sh`${nodeProgram("ctr")} -n k8s.io images import --local ${imagesArchive} >/dev/null && rm ${imagesArchive}`;

/** It is containerd that unpacks what ctr reads. */
const written = writtenBy("containerd");
