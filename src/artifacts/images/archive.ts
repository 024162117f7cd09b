import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { sha256 } from "../../local/hash.ts";
import type { Target } from "../target.ts";
import { addFile, addText, diffId, type EntryHeader, type Layer, writeLayer } from "./layer.ts";

/** How a container of an image starts, in the words of the OCI image specification. */
export interface ImageConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  Env: string[];
  User?: string;
  WorkingDir?: string;
  StopSignal?: string;
  ExposedPorts?: Record<string, Record<string, never>>;
}

/** `name` is the whole reference: `registry.k8s.io/pause:3.10.2`. Layers go from the lowest to the topmost. */
export interface Image {
  name: string;
  config: ImageConfig;
  layers: Layer[];
}

interface StoredLayer {
  diffId: string;
  tar: string;
}

const mtime = new Date(0);

/**
 * Writes `images.tar` into `folder` and answers its path: images in the format of `docker save`, which containerd and
 * Docker import. Layers that several images have are in it once. Equal images give equal bytes.
 */
export async function writeArchive(
  images: readonly Image[],
  target: Target,
  folder: string,
): Promise<string> {
  const stored = new Map<string, StoredLayer>();
  const drafts: string[] = [];
  for (const layer of images.flatMap((image) => image.layers)) {
    const key = JSON.stringify(layer);
    if (stored.has(key)) continue;
    const tar = "tar" in layer ? layer.tar : join(folder, `layer-${stored.size}.tar`);
    if ("entries" in layer) {
      await writeLayer(layer.entries, tar);
      drafts.push(tar);
    }
    stored.set(key, { diffId: await diffId(tar), tar });
  }
  const layersOf = ({ layers }: Image) => layers.flatMap((layer) => stored.get(JSON.stringify(layer)) ?? []);
  const described = images.map((image) => describe(image, layersOf(image), target));

  const file = join(folder, "images.tar");
  const tar = pack();
  const written = pipeline(tar, createWriteStream(file));
  const filled = fill(tar, described, [...stored.values()]).catch((error) => tar.destroy(error));
  await Promise.all([written, filled]);
  for (const draft of drafts) await rm(draft);
  return file;
}

interface Described {
  manifest: { Config: string; RepoTags: string[]; Layers: string[] };
  config: string;
}

/** The config file and the line of `manifest.json` of one image. */
export function describe(image: Image, layers: readonly StoredLayer[], { arch, os }: Target): Described {
  const config = JSON.stringify({
    architecture: arch,
    os,
    created: mtime.toISOString(),
    config: image.config,
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map(() => ({ created: mtime.toISOString(), created_by: "labwright" })),
  });
  return {
    config,
    manifest: {
      Config: `${sha256(config)}.json`,
      RepoTags: [image.name],
      Layers: layers.map((layer) => layerName(layer)),
    },
  };
}

const layerName = ({ diffId }: StoredLayer): string => `${diffId.replace("sha256:", "")}/layer.tar`;

async function fill(tar: Pack, images: readonly Described[], layers: readonly StoredLayer[]): Promise<void> {
  const header = (name: string): EntryHeader => ({ name, mode: 0o644, uid: 0, gid: 0, mtime });
  const distinct = new Map(layers.map((layer) => [layerName(layer), layer.tar]));
  for (const [name, file] of [...distinct].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await addFile(tar, header(name), file);
  }
  const configs = new Map(images.map(({ config, manifest }) => [manifest.Config, config]));
  for (const [name, config] of configs) await addText(tar, header(name), config);
  await addText(tar, header("manifest.json"), JSON.stringify(images.map(({ manifest }) => manifest)));
  tar.finalize();
}
