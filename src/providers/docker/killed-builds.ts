import { sh } from "../../hosts/sh.ts";
import { isRunning, thisProcess } from "../../local/process-name.ts";
import { type Docker, label } from "./docker.ts";
import { imageOf } from "./old-images.ts";

/** The label by which a build's containers and volumes name the process that they belong to. */
export function makerLabel(): string {
  const { pid, started } = thisProcess();
  return `${label.maker}=${pid}-${started}`;
}

function isAlive(maker: string): boolean {
  const [pid = "", started = ""] = maker.split("-");
  return isRunning({ pid: Number(pid), started });
}

/**
 * Removes the containers and volumes of image builds whose process was killed; finished images stay, and so does
 * the volume `kept`, from which a build is about to continue.
 */
export async function clearKilledBuilds(docker: Docker, kept: string): Promise<void> {
  const listed = async (kind: "ps" | "volume", name: string) => {
    const format = `{{.${name}}}\t{{.Label "${label.maker}"}}`;
    const filter = `label=${label.maker}`;
    const rows = await docker.list(
      kind === "ps"
        ? sh`ps --all --filter ${filter} --filter name=^labwright-build- --format ${format}`
        : sh`volume ls --filter ${filter} --format ${format}`,
    );
    return rows.flatMap((row) => {
      const [found = "", maker = ""] = row.split("\t");
      // On a lab's machine the label is empty, from its image.
      return maker === "" || isAlive(maker) ? [] : [found];
    });
  };
  for (const container of await listed("ps", "Names")) {
    await docker.run(sh`rm --force --volumes ${container}`, { accept: "any" });
  }
  for (const volume of await listed("volume", "Name")) {
    if (volume !== kept && !(await docker.has("image", imageOf(volume))))
      await docker.run(sh`volume rm ${volume}`, { accept: "any" });
  }
}
