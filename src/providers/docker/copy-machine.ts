import { randomBytes } from "node:crypto";
import { imagesFolder } from "../../components/runtime/shared-images.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { MachineSet } from "../../lab/machine-set.ts";
import { label, labelFlags, nameTaken } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { powerOf } from "./machine.ts";
import { type ContainerResource, ownLabels } from "./resources.ts";
import { containerName } from "./spec.ts";
import { stores } from "./stores.ts";

/** What a machine's copy belongs to. */
export interface Copying {
  engine: Engine;
  lab: MachineSet;
  snapshot: string;
}

/** The image of a machine's own file system. */
export const copyImage = ({ lab, snapshot }: Copying, machine: string): string =>
  `labwright/snapshot-${lab.name}:${machine}.${snapshot}`;

/** The volume with what the machine has in volumes. */
export const copyVolume = ({ lab, snapshot }: Copying, machine: string): string =>
  `labwright-${lab.name}.${machine}.${snapshot}`;

/** Where a container that copies has that volume. */
const folder = "/opt/labwright/copy";

/** Copying may take long on a slow disk, and prints nothing. */
const silentWork = { silence: 60 * 60_000 };

/** Throws if something of another has a name that a copy needs: the engine would put ours in its place, or into it. */
export async function assertFree(copying: Copying, machine: string): Promise<void> {
  const { docker } = copying.engine;
  const [image, volume] = [copyImage(copying, machine), copyVolume(copying, machine)];
  if (await docker.has("image", image)) throw nameTaken("image", image);
  if (await docker.has("volume", volume)) throw nameTaken("volume", volume);
}

/** Copies a machine, which is paused. */
export async function copyMachine(
  copying: Copying,
  { engineId, machine, address }: ContainerResource,
): Promise<void> {
  const { docker } = copying.engine;
  const format = `{{.Image}} {{range .Mounts}}{{if eq .Destination "${imagesFolder}"}}{{.Name}}{{end}}{{end}}`;
  const said = await docker.run(sh`container inspect --format ${format} ${engineId}`);
  const [image = "", shared = ""] = said.split(" ");
  const labels = await copyLabels(copying, machine);
  await createVolume(copying, machine);
  const onImage = { ...labels, [label.copy]: shared, [label.address]: address };
  const changes = Object.entries(onImage).flatMap(([key, value]) => [
    "--change",
    `LABEL ${key}=${quoted(value)}`,
  ]);
  await Promise.all([
    docker.run(sh`commit ${changes} ${engineId} ${copyImage(copying, machine)}`, silentWork),
    copyVolumes(copying, machine, {
      image,
      command: sh`cp --archive --reflink=auto --parents ${stores} ${folder}`,
    }),
  ]);
}

/** Creates the volume of a machine's copy, which is empty. Returns its name. */
export async function createVolume(copying: Copying, machine: string): Promise<string> {
  const labels = await copyLabels(copying, machine);
  const onVolume = labelFlags({ ...labels, [label.copy]: randomBytes(8).toString("hex") });
  const name = copyVolume(copying, machine);
  await copying.engine.docker.run(sh`volume create ${onVolume} ${name}`);
  return name;
}

/** A value of a Dockerfile's LABEL, which replaces variables. */
const quoted = (value: string): string => JSON.stringify(value).replaceAll("$", "\\$");

/** Gives a machine that was created from its copy's image, and not started yet, the content of its volumes. */
export const fillVolumes = (copying: Copying, machine: string): Promise<void> =>
  copyVolumes(copying, machine, {
    image: copyImage(copying, machine),
    command: sh`cp --archive --reflink=auto ${folder}/. /`,
    mode: "ro",
  });

/** Runs a command in a container that has a machine's volumes, and its copy's. */
async function copyVolumes(
  copying: Copying,
  machine: string,
  { image, command, mode = "rw" }: { image: string; command: Command; mode?: "ro" | "rw" },
): Promise<void> {
  const { engine, lab } = copying;
  const flags = [
    ...["--volumes-from", containerName(lab, machine)],
    ...["--volume", `${copyVolume(copying, machine)}:${folder}:${mode}`],
  ];
  await engine.docker.run(await inHelper(copying, { image, flags, command }), silentWork);
}

export interface Helper {
  image: string;
  flags: readonly string[];
  command: Command;
}

/** `run …` of a container that copies: it is the lab's, and not a machine, whatever its image says. */
export async function inHelper(
  { engine, lab }: Copying,
  { image, flags, command }: Helper,
): Promise<Command> {
  const labels = labelFlags({ ...(await ownLabels(lab)), [label.machine]: "" });
  const power = await powerOf(engine, image);
  return sh`run --rm --network none ${power} ${labels} ${flags} ${image} sh -c ${command.reveal()}`;
}

/** The labels of all that a copy consists of. */
export const copyLabels = async (
  { lab, snapshot }: Copying,
  machine: string,
): Promise<Record<string, string>> => ({
  ...(await ownLabels(lab)),
  ...{ [label.snapshot]: snapshot, [label.machine]: machine },
});
