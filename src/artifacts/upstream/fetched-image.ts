import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import type { Architecture } from "../../hosts/architecture.ts";
import { contentId } from "../../local/hash.ts";
import { downloadsFolder } from "../../paths.ts";
import type { Cache } from "../cache.ts";
import { writeLayout } from "../images/layout.ts";
import { openRepository } from "./registry.ts";

export interface FetchOptions {
  cache: Cache;
  architecture: Architecture;
  /** A registry that is asked in place of every other. */
  mirror: string | undefined;
  signal: AbortSignal | undefined;
  activity: Activity;
}

const archive = "image.tar";

/**
 * Fetches an image from its registry to this computer, for a machine that the registry does not answer. Answers a tar that
 * containerd (as an OCI image layout) and Docker (as `docker save` writes it) import.
 */
export async function fetchImage(
  name: string,
  { cache, architecture, mirror, signal, activity }: FetchOptions,
): Promise<string> {
  const { note } = activity;
  const repository = openRepository(name, { mirror, signal, note });
  const manifest = await repository.manifest(architecture);
  const id = contentId([name, manifest.digest]);
  const folder = join(downloadsFolder(), id);
  const place = await cache.entry({ kind: "fetched-images", id, activity }, async (draft) => {
    await mkdir(folder, { recursive: true });
    const blobs = new Map<string, string>();
    for (const blob of [manifest.config, ...manifest.layers])
      blobs.set(blob.digest, await repository.blob(blob, folder));
    await writeLayout(join(draft, archive), name, manifest, blobs);
    await rm(folder, { recursive: true });
  });
  return join(place, archive);
}
