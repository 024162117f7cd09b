import type { Activity } from "../../activity/activity.ts";
import type { BaseSystem } from "../../artifacts/types.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import { LabwrightError } from "../../errors.ts";
import { architectureNamed } from "../../hosts/architecture.ts";
import { generateKeyPair } from "../../hosts/keys.ts";
import { sh } from "../../hosts/sh.ts";
import type { Access } from "../../hosts/types.ts";
import type { Lab } from "../../lab/types.ts";
import { noteOwn } from "../../linux/backup.ts";
import {
  ensureNodeImage,
  type ImageRequest,
  infra,
  packagesFor,
  prepareNode,
  type Recipe,
} from "../machine/node-image.ts";
import { pullBase } from "./base-image.ts";
import { buildImage } from "./build.ts";
import { assertAnswers } from "./direct.ts";
import { label } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { clearKilledBuilds, makerLabel } from "./killed-builds.ts";
import { startMachine } from "./machine.ts";
import { removeOldImages, volumeOf } from "./old-images.ts";
import { publishedPort } from "./reach.ts";

export interface NodeImage {
  /** The image's name, with a hash of all its inputs. */
  name: string;
  /** The volume that holds the images of its containers, shared read-only by all machines. */
  volume: string;
}

/** The engine prints nothing while it writes a gigabyte, and disks may be slow. */
const silentWork = { silence: 60 * 60_000 };

const repository = "labwright/node";

function nodeImage({ id }: Recipe): NodeImage {
  const name = `${repository}:${id}`;
  return { name, volume: volumeOf(name) };
}

/** The image that machines are started from, and the volume beside it; created if they are missing. */
export async function ensureImage(engine: Engine, request: ImageRequest): Promise<NodeImage> {
  const recipe = await ensureNodeImage(
    {
      name: "docker",
      architecture: architectureNamed(engine.facts.architecture, "the Docker engine"),
      has: (wanted) => engine.docker.has("image", nodeImage(wanted).name),
      make: (wanted, activity) => makeImage(engine, activity, wanted),
    },
    request,
  );
  return nodeImage(recipe);
}

async function makeImage(engine: Engine, request: ImageRequest, recipe: Recipe): Promise<void> {
  const { docker } = engine;
  const { activity } = request;
  const { id } = recipe;
  const image = nodeImage(recipe);
  const { store } = runtimeOf(request.lab.cluster);
  const container = `labwright-build-${id}`;
  const removeContainer = () => docker.run(sh`rm --force --volumes ${container}`, { accept: "any" });
  // Without the image, everything is left from an attempt that was cut short. What it had pulled is in the volume.
  await removeContainer();
  await clearKilledBuilds(docker, image.volume);
  const goesOn = await docker.has("volume", image.volume);
  if (goesOn) activity.note("continuing with the files that an earlier attempt fetched");
  try {
    const baseName = await machineImage(engine, recipe.base, request);
    await docker.run(sh`volume create --label ${makerLabel()} ${image.volume}`);
    const keys = generateKeyPair("labwright-build");
    await startMachine(engine, {
      container,
      hostname: "node-image",
      image: baseName,
      labels: {},
      flags: ["--label", makerLabel(), "--volume", `${image.volume}:${store}`],
      user: "root",
      sudo: "none",
      passwords: {},
      authorizedKey: keys.publicKey,
      ports: [22],
    });
    if (goesOn) {
      // A mount cannot be moved aside, and its content is the earlier attempt's.
      const note = noteOwn("container-runtime", store).reveal();
      await docker.run(sh`exec ${container} sh -c ${note}`);
    }
    const access = await buildAccess(engine, container, keys.privateKey);
    if (engine.direct) await assertAnswers(access.host);
    await prepareNode(request, recipe, access);
    activity.note("keeping it");
    await docker.run(sh`stop --time 20 ${container}`);
    await docker.run(sh`commit --change ${`LABEL ${label.maker}=`} ${container} ${image.name}`, silentWork);
    await docker.run(sh`rm --force --volumes ${container}`);
    await removeOldImages(docker, repository);
  } catch (error) {
    await removeContainer();
    if (goesOn && !isOfTheNetwork(error))
      await docker.run(sh`volume rm --force ${image.volume}`, { accept: "any" });
    throw error;
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
