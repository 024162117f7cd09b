import { type Command, sh } from "../../hosts/sh.ts";
import { isRunningAs, thisProcessWord } from "../../local/process-name.ts";
import { type Docker, label } from "./docker.ts";
import { imageOf } from "./old-images.ts";

/** The label by which a build's containers and volumes name the process that they belong to. */
export const makerLabel = (): string => `${label.maker}=${thisProcessWord()}`;

/** Names of what was made by processes that have been killed since. */
async function leftBy(docker: Docker, list: (filter: string, format: string) => Command): Promise<string[]> {
  const rows = await docker.list(list(`label=${label.maker}`, `{{.Label "${label.maker}"}}`));
  return rows.flatMap((row) => {
    const [found = "", maker = ""] = row.split("\t");
    // On a lab's machine the label is empty, from its image.
    return maker === "" || isRunningAs(maker) ? [] : [found];
  });
}

/** Removes containers whose names begin so, and whose process was killed. */
export async function clearKilledContainers(docker: Docker, name: string): Promise<void> {
  const left = await leftBy(
    docker,
    (filter, maker) =>
      sh`ps --all --filter ${filter} --filter ${`name=^${name}`} --format ${`{{.Names}}\t${maker}`}`,
  );
  for (const container of left) await docker.run(sh`rm --force --volumes ${container}`, { accept: "any" });
}

/**
 * Removes the containers and volumes of image builds whose process was killed; finished images stay, and so does
 * the volume `kept`, from which a build is about to continue.
 */
export async function clearKilledBuilds(docker: Docker, kept: string): Promise<void> {
  await clearKilledContainers(docker, "labwright-build-");
  const volumes = await leftBy(
    docker,
    (filter, maker) => sh`volume ls --filter ${filter} --format ${`{{.Name}}\t${maker}`}`,
  );
  for (const volume of volumes)
    if (volume !== kept && !(await docker.has("image", imageOf(volume))))
      await docker.run(sh`volume rm ${volume}`, { accept: "any" });
}
