import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { imagesKept } from "../machine/node-image.ts";
import type { Incus, label } from "./incus.ts";

const imagesSchema = z.array(
  z.object({
    fingerprint: z.string(),
    uploaded_at: z.iso.datetime({ offset: true }),
    properties: z.record(z.string(), z.string()),
  }),
);

/** Removes all but the newest images that have a key; the pool keeps those that machines use. */
export async function removeOldImages(
  incus: Pick<Incus, "query" | "run" | "at">,
  kind: typeof label.build | typeof label.software,
): Promise<void> {
  const images = await incus.query("/1.0/images?recursion=1", imagesSchema);
  const ours = images
    .filter(({ properties }) => properties[kind] !== undefined)
    .sort((a, b) => Date.parse(b.uploaded_at) - Date.parse(a.uploaded_at));
  for (const { fingerprint } of ours.slice(imagesKept))
    await incus.run(sh`image delete ${incus.at(fingerprint)}`, { accept: "any" });
}
