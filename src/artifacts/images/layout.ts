import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import { addFile, addText } from "./layer.ts";

/** What a registry says of an image for one processor: the manifest's own bytes, and the blobs that it names. */
export interface ImageManifest {
  /** Of the manifest, `sha256:…`; so are all digests here. */
  digest: string;
  mediaType: string;
  text: string;
  config: Blob;
  layers: Blob[];
}

export interface Blob {
  digest: string;
  /** Bytes. */
  size: number;
}

const blobPath = (digest: string): string => `blobs/sha256/${digest.replace("sha256:", "")}`;

/**
 * Writes an image of a registry as an image layout in a tar; `blobs` has the file of each digest.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md, with the name in the annotation that containerd
 * reads (`io.containerd.image.name`), and `manifest.json` for engines that do not know the layout.
 */
export async function writeLayout(
  file: string,
  name: string,
  { digest, mediaType, text, config, layers }: ImageManifest,
  blobs: ReadonlyMap<string, string>,
): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(file));
  const descriptor = {
    mediaType,
    digest,
    size: Buffer.byteLength(text),
    annotations: { "io.containerd.image.name": name },
  };
  const texts = {
    "oci-layout": { imageLayoutVersion: "1.0.0" },
    "index.json": { schemaVersion: 2, manifests: [descriptor] },
    "manifest.json": [
      {
        Config: blobPath(config.digest),
        RepoTags: [name],
        Layers: layers.map((one) => blobPath(one.digest)),
      },
    ],
  };
  const fill = async () => {
    for (const [path, content] of Object.entries(texts))
      await addText(tar, { name: path }, JSON.stringify(content));
    await addText(tar, { name: blobPath(digest) }, text);
    for (const [blob, from] of blobs) await addFile(tar, { name: blobPath(blob) }, from);
    tar.finalize();
  };
  await Promise.all([written, fill().catch((error) => tar.destroy(error))]);
}
