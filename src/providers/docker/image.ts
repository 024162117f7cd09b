import type { Activity } from "../../activity/activity.ts";
import type { BaseSystem } from "../../artifacts/types.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import { LabwrightError } from "../../errors.ts";
import { architectureNamed } from "../../hosts/architecture.ts";
import { generateKeyPair } from "../../hosts/keys.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Access } from "../../hosts/types.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { noteOwn } from "../../linux/backup.ts";
import {
  ensureNodeImages,
  type ImageRequest,
  infra,
  packagesFor,
  prepareNode,
  type Recipe,
} from "../machine/node-image.ts";
import { pullBase } from "./base-image.ts";
import { buildImage } from "./build.ts";
import { assertAnswers } from "./direct.ts";
import { type Docker, label } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { clearKilledBuilds, makerLabel } from "./killed-builds.ts";
import { startMachine } from "./machine.ts";
import { removeOldImages, volumeOf } from "./old-images.ts";
import { publishedPort } from "./reach.ts";
import { stores } from "./stores.ts";

export interface NodeImage {
  /** The image's name, with a hash of all its inputs. */
  name: string;
  /** The volume that holds the images of its containers, shared read-only by all machines. */
  volume: string;
}

/** The engine prints nothing while it writes a gigabyte, and disks may be slow. */
const silentWork = { silence: 60 * 60_000 };

const repository = "labwright/node";
const softwareRepository = "labwright/node-software";

/** One with software has the images of the one that it is made from. */
function nodeImage({ id, from }: Recipe): NodeImage {
  if (from) return { name: `${softwareRepository}:${id}`, volume: nodeImage(from.recipe).volume };
  const name = `${repository}:${id}`;
  return { name, volume: volumeOf(name) };
}

/** The images that a lab's machines are started from, and the volumes beside them. */
export interface MachineImages {
  plain: NodeImage;
  of(machine: Machine): NodeImage;
}

/** The images for machines; created if they are missing. */
export async function ensureImages(
  engine: Engine,
  request: ImageRequest,
  machines: readonly Machine[],
): Promise<MachineImages> {
  const { plain, of } = await ensureNodeImages(
    {
      name: "docker",
      architecture: architectureNamed(engine.facts.architecture, "the Docker engine"),
      has: (wanted) => isWhole(engine.docker, nodeImage(wanted)),
      make: (wanted, activity) =>
        wanted.from
          ? addSoftware(engine, activity, wanted, wanted.from.recipe)
          : makeImage(engine, activity, wanted),
    },
    request,
    machines,
  );
  return { plain: nodeImage(plain), of: (machine) => nodeImage(of(machine)) };
}

/** Whether both are there. Somebody who prunes volumes removes those that no machine uses at the moment. */
export const isWhole = async (docker: Docker, { name, volume }: NodeImage): Promise<boolean> =>
  (await docker.has("image", name)) && (await docker.has("volume", volume));

async function makeImage(engine: Engine, request: ImageRequest, recipe: Recipe): Promise<void> {
  const { docker } = engine;
  const { activity } = request;
  const image = nodeImage(recipe);
  const { store } = runtimeOf(request.lab.cluster);
  // A volume is left from an attempt that was cut short, with what that had pulled; an image whose volume is gone is made again.
  const goesOn = await docker.has("volume", image.volume);
  if (goesOn) activity.note("continuing with the files that an earlier attempt fetched");
  else await docker.run(sh`rmi ${image.name}`, { accept: "any" });
  try {
    const baseName = await machineImage(engine, recipe.base, request);
    await docker.run(sh`volume create --label ${makerLabel()} ${image.volume}`);
    await build(engine, request, recipe, {
      image: baseName,
      volumes: [`${image.volume}:${store}`],
      // A mount cannot be moved aside, and its content is the earlier attempt's.
      ...(goesOn && { first: noteOwn("container-runtime", store) }),
    });
    await removeOldImages(docker, repository);
  } catch (error) {
    if (goesOn && !isOfTheNetwork(error))
      await docker.run(sh`volume rm --force ${image.volume}`, { accept: "any" });
    throw error;
  }
}

/** Makes an image from another one, by installing software. What Docker keeps is not in it. */
async function addSoftware(
  engine: Engine,
  request: ImageRequest,
  recipe: Recipe,
  from: Recipe,
): Promise<void> {
  await build(engine, request, recipe, { image: nodeImage(from).name, volumes: stores });
  await removeOldImages(engine.docker, softwareRepository);
}

interface Build {
  /** What the container is started from. */
  image: string;
  volumes: readonly string[];
  /** Run in the container before anything else. */
  first?: Command;
}

/** Prepares a container, and keeps it as the image of a recipe. Removes what attempts that were cut short have left. */
async function build(
  engine: Engine,
  request: ImageRequest,
  recipe: Recipe,
  { image, volumes, first }: Build,
): Promise<void> {
  const { docker } = engine;
  const { name, volume: kept } = nodeImage(recipe);
  const container = `labwright-build-${recipe.id}`;
  const removeContainer = () => docker.run(sh`rm --force --volumes ${container}`, { accept: "any" });
  await removeContainer();
  await clearKilledBuilds(docker, kept);
  try {
    const keys = generateKeyPair("labwright-build");
    await startMachine(engine, {
      container,
      hostname: "node-image",
      image,
      labels: {},
      flags: ["--label", makerLabel(), ...volumes.flatMap((volume) => ["--volume", volume])],
      user: "root",
      sudo: "none",
      passwords: {},
      authorizedKey: keys.publicKey,
      ports: [22],
    });
    if (first) await docker.run(sh`exec ${container} sh -c ${first.reveal()}`);
    const access = await buildAccess(engine, container, keys.privateKey);
    if (engine.direct) await assertAnswers(access.host);
    await prepareNode(request, recipe, access);
    request.activity.note("keeping it");
    await docker.run(sh`stop --time 20 ${container}`);
    await docker.run(sh`commit --change ${`LABEL ${label.maker}=`} ${container} ${name}`, silentWork);
  } finally {
    await removeContainer();
  }
}

/**
 * Whether an attempt failed because of the network or was stopped. If one that continued an earlier attempt fails otherwise,
 * the earlier one's files may be the reason.
 */
export const isOfTheNetwork = (error: unknown): boolean =>
  error instanceof LabwrightError &&
  /^(image-|download-|ssh-|interrupted$|engine-gone$|command-timeout$)/.test(error.code);

export interface BaseBuild {
  activity: Activity;
  signal?: AbortSignal;
  /** Whose proxies the build goes through. */
  lab?: Lab;
}

/** The image of a base system with infra/node-image's files in it: a container from it boots and runs sshd. */
export async function machineImage(
  { docker }: Engine,
  base: BaseSystem,
  { lab, activity, signal = new AbortController().signal }: BaseBuild,
): Promise<string> {
  const tag = base.id.slice(0, 16);
  const from = base.kind === "image" ? base.name : `labwright/base:${tag}`;
  if (base.kind === "rootfs" && !(await docker.has("image", from))) {
    activity.note("unpacking the base system");
    await docker.run(sh`import - ${from}`, { ...silentWork, input: { localFile: base.file } });
  }
  if (base.kind === "image") await pullBase(docker, from, { note: activity.note, signal });
  const packages = (await packagesFor(base)).join(" ");
  const machine = `labwright/machine:${tag}`;
  activity.note("adding the machine's system packages");
  const args = { BASE: from, PACKAGES: packages, DEBIAN_MIRROR: lab?.mirrors.debian ?? "" };
  await buildImage(docker, { tag: machine, folder: infra, args, lab, onLine: activity.note });
  return machine;
}

export async function buildAccess(
  { docker, reach }: Engine,
  container: string,
  privateKey: string,
): Promise<Access> {
  const inspect = (format: string) => docker.run(sh`inspect --format ${format} ${container}`);
  const hostKey = await inspect(`{{index .Config.Labels "${label.hostKey}"}}`);
  if (reach.kind !== "published")
    return accessTo(
      await inspect("{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"),
      22,
      hostKey,
      privateKey,
    );
  const ports = await docker.run(sh`ps --all --filter ${`name=^${container}$`} --format {{.Ports}}`);
  return accessTo(reach.host, Number(publishedPort(ports, 22)), hostKey, privateKey);
}

const accessTo = (host: string, port: number, hostKey: string, privateKey: string): Access => ({
  host,
  port,
  user: "root",
  privateKey,
  hostKeys: [hostKey],
  sudo: { kind: "none" },
});
