import { z } from "zod";
import { architectureNamed } from "../../hosts/architecture.ts";
import { sh } from "../../hosts/sh.ts";
import { looseLabel } from "../../lab/names.ts";
import type { SnapshotExport, SnapshotPart } from "../types.ts";
import type { Copy } from "./copies.ts";
import { type Copying, copyImage, copyVolume } from "./copy-machine.ts";
import { originOf, sharedVolumes } from "./shared-volumes.ts";
import { volumeContent } from "./volume-tar.ts";

/** What an export is of. */
export const aboutSchema = z.object({
  architecture: z.enum(["amd64", "arm64"]),
  machines: z.array(
    z.object({
      name: z.string().regex(looseLabel),
      address: z.ipv4(),
      /** The origin of the volume of shared images that it needs. */
      shared: z.string().regex(/^[0-9a-f]{32}$/),
    }),
  ),
});

export type About = z.output<typeof aboutSchema>;

/** The names of the parts: the images of all machines, the copies of their volumes, and the volumes of shared images. */
export const part = {
  images: "images",
  volume: (machine: string): string => `volumes/${machine}`,
  shared: (origin: string): string => `shared/${origin}`,
} as const;

/** A snapshot that is complete, as a stream. */
export async function exportSnapshot(
  copying: Copying,
  copies: readonly Copy[],
  signal: AbortSignal,
): Promise<SnapshotExport> {
  const { docker, facts } = copying.engine;
  const images = copies.filter(
    (one) => one.kind === "image" && one.name && one.snapshot === copying.snapshot,
  );
  const words = images.map(({ word }) => word);
  const shared = await sharedVolumes(docker, words);
  const origins = new Map(shared.map((one) => [one.name, originOf(one)]));
  const about: About = {
    architecture: architectureNamed(facts.architecture, "the Docker engine"),
    machines: images.map(({ machine, address, word }) => ({
      ...{ name: machine, address, shared: origins.get(word) ?? "" },
    })),
  };
  return {
    about,
    parts: partsOf(copying, about, new Map(shared.map((one) => [originOf(one), one.name])), signal),
  };
}

async function* partsOf(
  copying: Copying,
  { machines }: About,
  shared: ReadonlyMap<string, string>,
  signal: AbortSignal,
): AsyncGenerator<SnapshotPart> {
  const [image = "", ...others] = machines.map(({ name }) => copyImage(copying, name));
  // All at once: layers that several have are in it once.
  const images = sh`image save ${[image, ...others]}`;
  yield { name: part.images, content: copying.engine.docker.stream(images, { signal }) };
  const content = (volume: string) => volumeContent(copying, { volume, image, signal });
  for (const { name } of machines)
    yield { name: part.volume(name), content: content(copyVolume(copying, name)) };
  for (const [origin, volume] of shared) yield { name: part.shared(origin), content: content(volume) };
}
