import type { StreamOptions } from "../../hosts/local.ts";
import { sh } from "../../hosts/sh.ts";
import { type Copying, inHelper } from "./copy-machine.ts";

/** Where a container that reads or fills a volume has it. */
const folder = "/opt/labwright/volume";

/** `trusted.overlay.*` too: what a layer hides of those below it. */
const asIs = sh`--xattrs ${"--xattrs-include=*"} --numeric-owner --directory ${folder}`;

export interface VolumeRequest extends Pick<StreamOptions, "signal"> {
  volume: string;
  /** What the container is made from: it has GNU tar. */
  image: string;
}

/** A volume's content as a tar. */
export async function* volumeContent(
  copying: Copying,
  { volume, image, signal }: VolumeRequest,
): AsyncGenerator<Uint8Array> {
  // Without a log: the engine would write all of it to a file.
  const flags = ["--log-driver", "none", "--volume", `${volume}:${folder}:ro`];
  const command = sh`exec tar --create ${asIs} .`;
  const run = await inHelper(copying, { image, flags, command });
  yield* copying.engine.docker.stream(run, { signal });
}

/** Fills a volume from such a tar. */
export async function fillVolume(
  copying: Copying,
  { volume, image, signal }: VolumeRequest,
  input: AsyncIterable<Uint8Array>,
): Promise<void> {
  const flags = ["--interactive", "--volume", `${volume}:${folder}`];
  const command = sh`exec tar --extract --preserve-permissions ${asIs}`;
  const run = await inHelper(copying, { image, flags, command });
  for await (const _ of copying.engine.docker.stream(run, { input, signal }));
}
