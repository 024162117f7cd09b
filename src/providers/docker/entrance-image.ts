import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { architectureNamed } from "../../hosts/architecture.ts";
import type { Lab } from "../../lab/types.ts";
import { contentId } from "../../local/hash.ts";
import { packageFolder } from "../../paths.ts";
import type { CreateRequest } from "../types.ts";
import { buildImage } from "./build.ts";
import type { Engine } from "./engine.ts";
import { machineImage } from "./image.ts";
import { removeOldImages } from "./old-images.ts";

const repository = "labwright/entrance";
const folder = join(packageFolder, "infra", "entrance");

/** The image of an entrance: HAProxy on the base system of machines; built if it is missing. */
export async function ensureEntranceImage(
  engine: Engine,
  lab: Lab,
  { artifacts, activity, signal }: Omit<CreateRequest, "machines">,
): Promise<string> {
  const { docker, facts } = engine;
  const base = await artifacts.baseSystem(
    architectureNamed(facts.architecture, "the Docker engine"),
    activity,
  );
  const file = await readFile(join(folder, "Dockerfile"));
  const image = `${repository}:${contentId([base.id, file, lab.mirrors.debian ?? ""]).slice(0, 16)}`;
  if (await docker.has("image", image)) return image;
  await activity.child("artifact", "Build the entrance's image", async (child) => {
    const from = await machineImage(engine, base, { lab, activity: child, signal });
    child.note("installing HAProxy");
    await buildImage(docker, { tag: image, folder, args: { BASE: from }, lab, onLine: child.note });
    await removeOldImages(docker, repository);
  });
  return image;
}
