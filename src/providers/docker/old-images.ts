import { sh } from "../../hosts/sh.ts";
import { imagesKept } from "../machine/node-image.ts";
import type { Docker } from "./docker.ts";

/** The volume beside a node image: that of `labwright/node:<id>` is `labwright-images-<id>`. */
export const volumeOf = (image: string): string => image.replace("/node:", "-images-");

/** The image for such a volume. */
export const imageOf = (volume: string): string => volume.replace("-images-", "/node:");

/** Removes all but the newest images of a repository; node images with their volumes. The engine keeps those that machines use. */
export async function removeOldImages(docker: Docker, repository: string): Promise<void> {
  // The engine lists the newest first.
  const images = await docker.list(sh`images ${repository} --format {{.Repository}}:{{.Tag}}`);
  for (const image of images.slice(imagesKept)) {
    await docker.run(sh`rmi ${image}`, { accept: "any" });
    const volume = volumeOf(image);
    if (volume !== image && !(await docker.has("image", image)))
      await docker.run(sh`volume rm ${volume}`, { accept: "any" });
  }
}
