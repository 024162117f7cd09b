import { posix } from "node:path";
import { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";
import { blob, type Descriptor, forProcessor, type ImageName, manifestOf } from "./registry.ts";

/** The paths of an image's root file system: its layers one over the other, with what they delete (whiteouts). */
export async function pathsIn(image: ImageName, architecture: string): Promise<Set<string>> {
  const { manifest: index } = await manifestOf(image, image.tag);
  const chosen = forProcessor(index, architecture);
  if (!chosen) throw new Error(`${image.repository}:${image.tag} is not there for ${architecture}`);
  const { manifest } = await manifestOf(image, chosen.digest);
  const paths = new Set<string>();
  for (const layer of manifest.layers ?? []) {
    const bytes = await blob(image, layer.digest);
    const tar = Readable.from([bytes]).pipe(decompressor(layer)).pipe(extract());
    for await (const entry of tar) {
      apply(paths, posix.join("/", entry.header.name).replace(/\/$/, ""));
      entry.resume();
    }
  }
  return paths;
}

const decompressor = ({ mediaType }: Descriptor) =>
  mediaType.endsWith("zstd") ? createZstdDecompress() : createGunzip();

/** OCI image specification, "Whiteouts". */
function apply(paths: Set<string>, path: string): void {
  const [folder, name] = [posix.dirname(path), posix.basename(path)];
  if (!name.startsWith(".wh.")) {
    paths.add(path);
    return;
  }
  const gone = name === ".wh..wh..opq" ? folder : posix.join(folder, name.slice(4));
  for (const one of paths)
    if (one.startsWith(`${gone}/`) || (one === gone && gone !== folder)) paths.delete(one);
}
