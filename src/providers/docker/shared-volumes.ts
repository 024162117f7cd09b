import { sh } from "../../hosts/sh.ts";
import { contentId } from "../../local/hash.ts";
import { type Docker, label } from "./docker.ts";

/** A volume with the images of containers that all machines share. */
export interface SharedVolume {
  name: string;
  /** The process that made it for a node image; empty: it was imported. */
  maker: string;
  /** The id of the volume that it is a copy of; empty: it was made here. */
  copyOf: string;
}

/** Those of the volumes named that exist. */
export async function sharedVolumes(docker: Docker, names: readonly string[]): Promise<SharedVolume[]> {
  if (names.length === 0) return [];
  const labels = [label.maker, label.copy].map((one) => `{{index .Labels "${one}"}}`).join("\t");
  const command = sh`volume inspect --format ${`{{.Name}}\t${labels}`} ${[...new Set(names)]}`;
  const text = await docker.run(command, { accept: "any" });
  return text.split("\n").flatMap((line) => {
    const [name = "", maker = "", copyOf = ""] = line.split("\t");
    return name === "" ? [] : [{ name, maker, copyOf }];
  });
}

/** All that the engine has, of whatever lab. */
export async function allSharedVolumes(docker: Docker, lab: string): Promise<SharedVolume[]> {
  const listed = (filters: readonly string[]) =>
    docker.list(sh`volume ls --quiet ${filters.flatMap((one) => ["--filter", one])}`);
  const [made, imported] = await Promise.all([
    listed([`label=${label.maker}`]),
    listed([`label=${label.lab}=${lab}`, `label=${label.snapshot}=`]),
  ]);
  return sharedVolumes(docker, [...made, ...imported]);
}

/** The same for a volume and its copies. How a runtime has numbered its layers differs from one making to the next. */
export const originOf = ({ name, maker, copyOf }: SharedVolume): string => copyOf || contentId([name, maker]);
