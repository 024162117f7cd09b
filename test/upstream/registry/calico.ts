import { posix } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract, pack } from "tar-stream";
import { isInCalicoNode, keptIn } from "../../support/calico-node-programs.ts";
import type { LayerFilter } from "./archive.ts";

const absolute = (name: string): string => posix.join("/", name).replace(/\/$/, "");

/** Whether the published image has a path: of the folders for programs it keeps what is on its list alone. */
const isKept = (path: string): boolean =>
  !keptIn.some((folder) => path.startsWith(`${folder}/`)) || isInCalicoNode(path);

/** A layer without the programs that the build of calico/node deletes. */
export async function withoutOtherPrograms(tar: Buffer): Promise<Buffer> {
  const entries = extract();
  const kept = pack();
  const whole = buffer(kept);
  Readable.from([tar]).pipe(entries);
  for await (const entry of entries) {
    const { header } = entry;
    const path = absolute(header.name);
    const target = header.type === "link" ? absolute(header.linkname ?? "") : path;
    if (isKept(path) && isKept(target)) {
      const content = await buffer(entry);
      kept.entry(header, content);
    } else entry.resume();
  }
  kept.finalize();
  return whole;
}

/** Only calico/node is cut down to its list; the others have one program each anyway. */
export const calicoNodeFilter: LayerFilter = (image, tar) =>
  image.startsWith("quay.io/calico/node:") ? withoutOtherPrograms(tar) : undefined;
