import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type Extract, extract, type Pack, pack } from "tar-stream";
import { z } from "zod";
import { sha256 } from "../../local/hash.ts";
import { addEmpty, addText } from "./layer.ts";

export interface NewName {
  tag: string;
  /** Replace all labels of the image for which `isOld` holds. */
  labels: Readonly<Record<string, string>>;
}

export interface Renaming {
  /** The new name and labels of the image that has these names. */
  named(tags: readonly string[]): NewName;
  isOld(label: string): boolean;
}

const manifestName = "manifest.json";

/** Describe the same images in other words, and would contradict the manifest. */
const others = ["index.json", "oci-layout", "repositories"];

const manifestSchema = z.array(
  z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }),
);

const configSchema = z.looseObject({
  config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }),
});

/** In bytes; a configuration has some kilobytes. */
const largestConfig = 1024 * 1024;

/**
 * An archive of `docker image save` with other names and labels: an image that is loaded from it has never had those that it was
 * saved with.
 */
export async function* renamedImages(
  archive: AsyncIterable<Uint8Array>,
  renaming: Renaming,
): AsyncGenerator<Uint8Array> {
  const [from, to] = [extract(), pack()];
  const read = pipeline(archive, from);
  // Reported by the loop over the entries.
  read.catch(() => {});
  const filled = fill(from, to, renaming).catch((error) => to.destroy(error));
  try {
    for await (const bytes of to) yield bytes as Uint8Array;
    await Promise.all([read, filled]);
  } finally {
    from.destroy();
    to.destroy();
  }
}

async function fill(from: Extract, to: Pack, renaming: Renaming): Promise<void> {
  const small = new Map<string, Buffer>();
  for await (const entry of from) {
    const { header } = entry;
    const { name, type, size = 0 } = header;
    if (type === "file" && size <= largestConfig) {
      const bytes = await buffer(entry);
      small.set(name, bytes);
      if (name !== manifestName && !others.includes(name)) await addText(to, header, bytes);
    } else if (type === "file") await pipeline(entry, to.entry(header));
    else await addEmpty(to, header);
  }
  const manifest = manifestSchema.parse(JSON.parse(textIn(small, manifestName)));
  const changed = manifest.map(({ Config, RepoTags, Layers }) => {
    const { tag, labels } = renaming.named(RepoTags ?? []);
    const whole = configSchema.parse(JSON.parse(textIn(small, Config)));
    const kept = Object.entries(whole.config.Labels ?? {}).filter(([label]) => !renaming.isOld(label));
    const config = { ...whole.config, Labels: { ...Object.fromEntries(kept), ...labels } };
    const text = JSON.stringify({ ...whole, config });
    return { text, line: { Config: `${sha256(text)}.json`, RepoTags: [tag], Layers } };
  });
  for (const { text, line } of changed) await addText(to, { name: line.Config, mode: 0o644 }, text);
  const lines = changed.map(({ line }) => line);
  await addText(to, { name: manifestName, mode: 0o644 }, JSON.stringify(lines));
  to.finalize();
}

const textIn = (entries: ReadonlyMap<string, Buffer>, name: string): string =>
  entries.get(name)?.toString() ?? "";
