import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { withClaim } from "../../artifacts/claim.ts";
import type { ArtifactStore } from "../../artifacts/lazy.ts";
import type { BaseSystem, ImageSet } from "../../artifacts/types.ts";
import type { Activity } from "../../engine/activity.ts";
import { graphOf } from "../../engine/graph.ts";
import { loadPlays } from "../../engine/playbook.ts";
import { run } from "../../engine/run.ts";
import { generateKeyPair } from "../../hosts/keys.ts";
import { sh } from "../../hosts/sh.ts";
import { connectWhenUp } from "../../hosts/ssh.ts";
import type { Access } from "../../hosts/types.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { cacheFolder, packageFolder } from "../../paths.ts";
import { label } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { startMachine } from "./machine.ts";

export interface NodeImage {
  /** The image's name, with the hash of all that it was made from. */
  name: string;
  /** The volume that holds the images of its containers, shared read-only by all machines. */
  volume: string;
}

export interface ImageRequest {
  lab: Lab;
  artifacts: ArtifactStore;
  activity: Activity;
  signal: AbortSignal;
}

const infra = join(packageFolder, "infra", "node-image");

/**
 * The image that machines are started from: a base system on which the playbook internal/node-image has been run, the
 * same tasks that would else run on every machine. Images that are not at hand yet, because they are still being
 * compiled, are left out; their task brings them to the machines. Made once, and found by its name afterwards.
 */
export async function ensureImage(engine: Engine, request: ImageRequest): Promise<NodeImage> {
  const { artifacts, activity } = request;
  const sets = await setsAtHand(artifacts);
  const { base, id } = await identity(request, sets);
  const image = { name: `labwright/node:${id}`, volume: `labwright-images-${id}` };
  if (await engine.docker.has("image", image.name)) return image;
  await withClaim(join(cacheFolder(), "claims", `node-image-${id}`), { signal: request.signal }, async () => {
    if (await engine.docker.has("image", image.name)) return;
    await activity.child("artifact", "Make the machines' image", (child) => {
      return makeImage(engine, { ...request, activity: child }, { image, base, sets, id });
    });
  });
  return image;
}

async function setsAtHand(artifacts: ArtifactStore): Promise<ImageSet[]> {
  const wanted: ImageSet[] = ["kubernetes", "calico", "nginx"];
  const atHand = await Promise.all(
    wanted.map(async (set) => set === "kubernetes" || (await artifacts.imagesAtHand(set))),
  );
  return wanted.filter((_, index) => atHand[index]);
}

/** Asks for all that goes into the image, side by side, and hashes it together with infra/node-image's own files. */
async function identity(
  { artifacts, activity }: ImageRequest,
  sets: ImageSet[],
): Promise<{ base: BaseSystem; id: string }> {
  const [base, ...parts] = await Promise.all([
    artifacts.baseSystem(activity),
    ...(["containerd", "cni-plugins", "crictl", "kubernetes-node"] as const).map((set) =>
      artifacts.programs(set, activity),
    ),
    ...sets.map((set) => artifacts.images(set, activity)),
  ]);
  const hash = createHash("sha256").update(base.id);
  for (const { id } of parts) hash.update(`\n${id}`);
  const entries = await readdir(infra, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(`\n${relative(infra, file)}\n`).update(await readFile(file));
  return { base, id: hash.digest("hex").slice(0, 16) };
}

interface Plan {
  image: NodeImage;
  base: BaseSystem;
  sets: ImageSet[];
  id: string;
}

async function makeImage(
  engine: Engine,
  request: ImageRequest,
  { image, base, sets, id }: Plan,
): Promise<void> {
  const { docker } = engine;
  const { activity } = request;
  const container = `labwright-build-${id}`;
  const clear = async () => {
    await docker.run(sh`rm --force --volumes ${container}`, { accept: "any" });
    await docker.run(sh`volume rm --force ${image.volume}`, { accept: "any" });
  };
  // Without the image, whatever is there is left from an attempt that was cut short.
  await clear();
  try {
    const baseName = await machineImage(engine, base, activity);
    await docker.run(sh`volume create --label ${`${label.build}=${id}`} ${image.volume}`);
    const keys = generateKeyPair("labwright-build");
    await startMachine(engine, {
      container,
      hostname: "node-image",
      image: baseName,
      labels: { [label.build]: id },
      flags: ["--volume", `${image.volume}:/var/lib/containerd`],
      user: "root",
      authorizedKey: keys.publicKey,
      staging: join(cacheFolder(), "staging", id),
      ports: [22],
    });
    await prepare(engine, request, { container, sets, privateKey: keys.privateKey });
    activity.note("keeping it");
    await docker.run(sh`stop --time 20 ${container}`);
    await docker.run(sh`commit --change ${`LABEL ${label.build}=`} ${container} ${image.name}`);
    await docker.run(sh`rm --force --volumes ${container}`);
  } catch (error) {
    await clear();
    throw error;
  }
}

/** The image of a base system with infra/node-image's files in it: a container of it boots, and sshd answers there. */
export async function machineImage(
  { docker }: Engine,
  base: BaseSystem,
  activity: Activity,
): Promise<string> {
  const tag = base.id.slice(0, 16);
  const from = base.kind === "image" ? base.name : `labwright/base:${tag}`;
  if (base.kind === "rootfs" && !(await docker.has("image", from))) {
    activity.note("unpacking the base system");
    await docker.run(sh`import ${base.file} ${from}`);
  }
  const list = base.kind === "image" ? await readFile(join(infra, "packages.txt"), "utf8") : "";
  const packages = list.replace(/#.*/g, "").trim().split(/\s+/).join(" ");
  const machine = `labwright/machine:${tag}`;
  activity.note("adding what makes a container a machine");
  await docker.run(
    sh`build --quiet --tag ${machine} --build-arg ${`BASE=${from}`} --build-arg ${`PACKAGES=${packages}`} ${infra}`,
  );
  return machine;
}

interface Preparation {
  container: string;
  sets: ImageSet[];
  privateKey: string;
}

/** Runs the playbook on the container, as on any machine of a lab. */
async function prepare(
  engine: Engine,
  request: ImageRequest,
  { container, sets, privateKey }: Preparation,
): Promise<void> {
  const machine: Machine = { name: "node-image", role: "node-image", user: "root", sudo: "none" };
  const access = await accessOf(engine, container, privateKey);
  const host = await connectWhenUp(machine.name, access, { seconds: 60, note: request.activity.note });
  try {
    const lab = { ...request.lab, machines: [machine] };
    const plays = await loadPlays(["internal/node-image", ...sets.map((set) => `internal/images-${set}`)]);
    await run({
      graph: graphOf(lab, plays),
      world: {
        lab,
        addresses: new Map([[machine.name, access.host]]),
        absent: new Map(),
        reach: () => undefined,
        host: async () => host,
      },
      artifacts: request.artifacts,
      activity: request.activity,
      signal: request.signal,
    });
    // What belongs to this one container must not be in every machine made from it.
    await host.run(sh`
      systemctl stop containerd
      rm -rf /root/.ssh /etc/ssh/ssh_host_* /etc/labwright/user /etc/labwright/resolv.conf
      : >/etc/machine-id
      journalctl --quiet --rotate --vacuum-time=1s 2>/dev/null; true`);
  } finally {
    await host.close();
  }
}

async function accessOf({ docker, direct }: Engine, container: string, privateKey: string): Promise<Access> {
  const format = `{{.NetworkSettings.IPAddress}}\t{{index .Config.Labels "${label.hostKey}"}}`;
  const [address = "", hostKey = ""] = (await docker.run(sh`inspect --format ${format} ${container}`)).split(
    "\t",
  );
  const published = direct ? "" : await docker.run(sh`port ${container} 22/tcp`);
  const [host = "", port = "22"] = direct ? [address] : published.split(":");
  return { host, port: Number(port), user: "root", privateKey, hostKeys: [hostKey], sudo: { kind: "none" } };
}
