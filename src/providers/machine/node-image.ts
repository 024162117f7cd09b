import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import type { ImageSet } from "../../artifacts/images/image-set.ts";
import type { ArtifactStore } from "../../artifacts/lazy.ts";
import type { BaseSystem } from "../../artifacts/types.ts";
import { imageSetOf, type SetName, setNames } from "../../components/image-sets.ts";
import { nodePrograms } from "../../components/needs.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import { graphOf } from "../../engine/graph.ts";
import { run } from "../../engine/run.ts";
import type { Architecture } from "../../hosts/architecture.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { connectWhenUp } from "../../hosts/ssh.ts";
import type { Access } from "../../hosts/types.ts";
import type { Software } from "../../lab/available.ts";
import type { Cluster, Lab, Machine } from "../../lab/types.ts";
import { type LockOptions, withLock } from "../../local/lock.ts";
import { cacheFolder, packageFolder } from "../../paths.ts";
import { loadPlays } from "../../playbooks/load.ts";
import { baseDistribution } from "../../versions.ts";

/** The number of node images to keep, for labs of several versions or sources that are used in turn; each has gigabytes. */
export const imagesKept = 3;

/** Turns a base system into a machine: `rootfs/`, and `setup`, which is run once that is in place. */
export const infra = join(packageFolder, "infra", "node-image");

/** The tasks that turn a base system into a node image. */
const playbook = "internal/node-image";

/** Installs software into a node image, as otherwise on every machine. */
const softwarePlaybook = "internal/software";

/** The software whose installation takes long enough for an image with it. */
const inImages: readonly Software[] = ["docker"];

export interface ImageRequest {
  lab: Lab;
  artifacts: ArtifactStore;
  activity: Activity;
  signal: AbortSignal;
}

/** The inputs of a node image. `id` is a hash of all of them. */
export interface Recipe {
  id: string;
  base: BaseSystem;
  /** Images that are available; others are still being compiled, and their task brings them to the machines. */
  sets: SetName[];
  /** What `setup` installs: nothing if the base has it all. */
  packages: string[];
  /** The node image that this one is made from, by installing software. */
  from?: { recipe: Recipe; software: readonly Software[] };
}

/** How one kind of provider stores images. */
export interface ImagePlace {
  /** Different for each engine or server that stores images. */
  name: string;
  /** The processor of the machines there. */
  architecture: Architecture;
  has(recipe: Recipe): Promise<boolean>;
  make(recipe: Recipe, request: ImageRequest): Promise<void>;
}

/** The images of a lab's machines. */
export interface NodeImages {
  /** Without software. */
  plain: Recipe;
  of(machine: Pick<Machine, "software">): Recipe;
}

/**
 * Ensures that an engine or server has the images that machines are started from: a base system on which the playbook
 * internal/node-image was run, and for machines with software that image on which internal/software was run; the same tasks that
 * otherwise run on every machine. Made once, and found by their recipes' ids afterwards.
 */
export async function ensureNodeImages(
  place: ImagePlace,
  request: ImageRequest,
  machines: readonly Pick<Machine, "software">[],
): Promise<NodeImages> {
  const plain = await recipeOf(request, place.architecture);
  await ensureImage(place, request, plain);
  const further = new Map<string, Recipe>();
  for (const machine of machines) {
    const software = imaged(machine);
    const key = software.join();
    if (software.length === 0 || further.has(key)) continue;
    const recipe = await withSoftware(plain, software);
    await ensureImage(place, request, recipe);
    further.set(key, recipe);
  }
  return { plain, of: (machine) => further.get(imaged(machine).join()) ?? plain };
}

const imaged = ({ software = [] }: Pick<Machine, "software">): Software[] =>
  inImages.filter((one) => software.includes(one));

async function withSoftware(recipe: Recipe, software: readonly Software[]): Promise<Recipe> {
  const hash = createHash("sha256").update(`${recipe.id}\n${software}\n`);
  hash.update(await readFile(join(packageFolder, "playbooks", `${softwarePlaybook}.yaml`)));
  return { ...recipe, id: hash.digest("hex").slice(0, 16), from: { recipe, software } };
}

async function ensureImage(place: ImagePlace, request: ImageRequest, recipe: Recipe): Promise<void> {
  const { activity, signal } = request;
  if (await place.has(recipe)) return;
  const name = `node-image-${place.name}-${recipe.id}`;
  const lock: LockOptions = {
    code: "node-image-locked",
    what: `the node image ${recipe.id}`,
    patience: Number.POSITIVE_INFINITY,
    signal,
    onWait: (holder) => activity.note(`waiting for ${holder}, which is building the same node image`),
  };
  await mkdir(cacheFolder(), { recursive: true, mode: 0o755 });
  await withLock(join(cacheFolder(), "locks", name), lock, async () => {
    if (await place.has(recipe)) return;
    const title = recipe.from
      ? `Build the node image with ${recipe.from.software.join(" and ")}`
      : "Build the node image";
    await activity.child("artifact", title, (child) => place.make(recipe, { ...request, activity: child }));
  });
}

/** Gathers all inputs of the image, in parallel, and hashes them together with infra/node-image's own files. */
async function recipeOf(
  { lab, artifacts, activity }: ImageRequest,
  architecture: Architecture,
): Promise<Recipe> {
  const sets = await setsAtHand(lab, artifacts, architecture);
  const platform = { architecture, distribution: baseDistribution };
  const [base, ...parts] = await Promise.all([
    artifacts.baseSystem(architecture, activity),
    ...nodePrograms(lab.cluster).map((set) => artifacts.programs(set, platform, activity)),
    ...sets.map(({ set }) => artifacts.images(set, architecture, activity)),
  ]);
  const hash = createHash("sha256")
    .update(base.id)
    .update(lab.mirrors.debian ?? "");
  for (const { id } of parts) hash.update(`\n${id}`);
  hash.update(`\n${await readFile(join(packageFolder, "playbooks", `${playbook}.yaml`))}`);
  const entries = await readdir(infra, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(`\n${relative(infra, file)}\n`).update(await readFile(file));
  return {
    base,
    sets: sets.map(({ name }) => name),
    packages: await packagesFor(base),
    id: hash.digest("hex").slice(0, 16),
  };
}

/** Images that labwright makes itself come as an archive. */
const canBring = ({ madeFrom }: ImageSet, cluster: Cluster): boolean =>
  madeFrom === undefined || !runtimeOf(cluster).images.needsImporter;

async function setsAtHand(
  { cluster }: Lab,
  artifacts: ArtifactStore,
  architecture: Architecture,
): Promise<{ name: SetName; set: ImageSet }[]> {
  const wanted = setNames.flatMap((name) => {
    const set = imageSetOf(name, cluster);
    return set && canBring(set, cluster) ? [{ name, set }] : [];
  });
  const atHand = await Promise.all(
    wanted.map(async ({ name, set }) => name === "kubernetes" || artifacts.imagesAtHand(set, architecture)),
  );
  return wanted.filter((_, index) => atHand[index]);
}

/** What `setup` has to install on a base: nothing if it was made with the packages in it. */
export async function packagesFor({ kind }: BaseSystem): Promise<string[]> {
  if (kind === "rootfs") return [];
  const list = await readFile(join(infra, "packages.txt"), "utf8");
  return list.replace(/#.*/g, "").trim().split(/\s+/);
}

/** Runs the playbooks on the machine that becomes an image, as on any machine of a lab, and cleans it. */
export async function prepareNode(request: ImageRequest, recipe: Recipe, access: Access): Promise<void> {
  const { sets, from } = recipe;
  const machine: Machine = {
    ...{ name: "node-image", role: "node-image", user: "root", sudo: "none" },
    ...(from && { software: [...from.software] }),
  };
  const host = await connectWhenUp(machine.name, access, { seconds: 60, note: request.activity.note });
  try {
    const lab = { ...request.lab, machines: [machine] };
    const plays = await loadPlays(
      from ? [softwarePlaybook] : [playbook, ...sets.map((set) => `internal/images-${set}`)],
      request.artifacts,
    );
    await run({
      graph: graphOf(lab, plays),
      inventory: {
        lab,
        addresses: new Map([[machine.name, access.host]]),
        absent: new Map(),
        reach: () => undefined,
        host: async () => host,
      },
      activity: request.activity,
      signal: request.signal,
    });
    await host.run(forgetMachine(recipe, request.lab));
  } finally {
    await host.close();
  }
}

/** Removes what belongs to the one machine that becomes an image, and must not be on every machine made from it. */
export const forgetMachine = (
  { from }: Pick<Recipe, "from">,
  { cluster }: Pick<Lab, "cluster">,
): Command => sh`
  systemctl stop ${runtimeOf(cluster).unit}
  ${from ? forgetDocker : sh``}
  rm -rf /root/.ssh /etc/ssh/ssh_host_* /etc/labwright/user /etc/labwright/resolv.conf
  rm -rf /etc/labwright/certificates /etc/systemd/system/*.service.d/labwright-proxy.conf \
    /var/lib/labwright/before/runtime-proxies
  : >/etc/machine-id
  journalctl --quiet --rotate --vacuum-time=1s 2>/dev/null; true`;

/** As software, Docker has its own identity and nothing else. As a runtime, it has the images of the cluster there. */
const forgetDocker = sh`systemctl stop docker.socket docker.service
  rm -rf /var/lib/docker/* /etc/docker/key.json /var/lib/apt/lists/* /var/cache/apt/archives/*.deb`;
