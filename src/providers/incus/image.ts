import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { BaseSystem } from "../../artifacts/types.ts";
import { architectureNamed } from "../../hosts/architecture.ts";
import { generateKeyPair } from "../../hosts/keys.ts";
import { type Command, Secret, sh } from "../../hosts/sh.ts";
import { addressAt } from "../../lab/cidr.ts";
import type { Machine } from "../../lab/types.ts";
import { exportProxies } from "../../linux/proxies.ts";
import { machineFiles, withoutComment } from "../machine/files.ts";
import {
  ensureNodeImages,
  type ImageRequest,
  infra,
  prepareNode,
  type Recipe,
} from "../machine/node-image.ts";
import type { Engine } from "./engine.ts";
import { label } from "./incus.ts";
import { createInstance, pushFiles, removeInstance } from "./instance.ts";
import { memberFor } from "./members.ts";
import { gatewayOf } from "./names.ts";
import { removeOldImages } from "./old-images.ts";
import { drawPorts } from "./ports.ts";

/** The project of the machine from which an image is made: that of the lab that needs it. */
export interface ImageBuild {
  project: string;
  subnet: string;
  /** The keys of everything that is created for the lab. */
  labels: Readonly<Record<string, string>>;
}

const aliasOf = ({ id, from }: Recipe): string => `labwright-node${from ? "-software" : ""}-${id}`;
const aliasesSchema = z.array(z.object({ name: z.string() }));

/** The alias of the image that each machine is started from; created if it is missing. */
export async function ensureImages(
  engine: Engine,
  lab: ImageBuild,
  request: ImageRequest,
  machines: readonly Machine[],
): Promise<(machine: Machine) => string> {
  const { incus, facts } = engine;
  const [processor = ""] = facts.architectures;
  const has = async (alias: string): Promise<boolean> =>
    (await incus.query("/1.0/images/aliases?recursion=1", aliasesSchema)).some(({ name }) => name === alias);
  const images = await ensureNodeImages(
    {
      name: `incus-${incus.remote ?? "local"}`,
      architecture: architectureNamed(processor, "the Incus server"),
      has: (wanted) => has(aliasOf(wanted)),
      make: (wanted, activity) => makeImage(engine, lab, activity, wanted),
    },
    request,
    machines,
  );
  return (machine) => aliasOf(images.of(machine));
}

async function makeImage(
  engine: Engine,
  { project, subnet, labels }: ImageBuild,
  request: ImageRequest,
  recipe: Recipe,
): Promise<void> {
  const { incus, members } = engine;
  const { activity, lab } = request;
  const place = { project, name: "node-image" };
  const base = `labwright-base-${recipe.id}`;
  const kind = recipe.from ? label.software : label.build;
  await removeInstance(incus, place);
  try {
    if (!recipe.from) activity.note("unpacking the base system");
    const address = addressAt(subnet, 2);
    const hostKey = generateKeyPair(place.name);
    const member = memberFor(members, 0);
    const ports = drawPorts(member, [22]);
    await createInstance(incus, {
      ...place,
      member,
      image: recipe.from ? aliasOf(recipe.from.recipe) : await baseImage(engine, recipe.base, base),
      hostname: place.name,
      ports,
      address,
      subnet,
      gateway: gatewayOf(subnet),
      labels: { ...labels, [label.build]: recipe.id },
    });
    await incus.run(sh`start --project ${project} ${incus.at(place.name)}`);
    const inside = (command: Command) =>
      incus.command(sh`exec --project ${project} ${incus.at(place.name)} -- ${command}`);
    if (!recipe.from) {
      activity.note("adding the machine's system packages");
      const proxies = new Secret(exportProxies({ lab, addresses: new Map() }).reveal());
      await incus.script(sh`set -e
        tar --owner=0 --group=0 -C ${join(infra, "rootfs")} -c . | ${inside(sh`tar -x --no-overwrite-dir -C /`)}
        { printf '%s\n' ${proxies}; cat ${join(infra, "setup")}; } |
          ${inside(sh`env SYSTEMD_OFFLINE=1 ${`DEBIAN_MIRROR=${lab.mirrors.debian ?? ""}`} sh -s -- ${recipe.packages}`)}`);
    }
    const keys = generateKeyPair("labwright-build");
    await pushFiles(
      incus,
      place,
      await machineFiles({
        user: "root",
        sudo: "none",
        passwords: {},
        authorizedKey: keys.publicKey,
        hostKey,
        resolves: true,
      }),
    );
    const restart =
      "for try in $(seq 100); do systemctl restart ssh 2>/dev/null && exit 0; sleep 0.1; done; exit 1";
    await incus.script(inside(sh`sh -c ${restart}`));
    await prepareNode(request, recipe, {
      host: member.address ?? address,
      port: ports[22] ?? 22,
      user: "root",
      privateKey: keys.privateKey,
      hostKeys: [withoutComment(hostKey.publicKey)],
      sudo: { kind: "none" },
    });
    activity.note("keeping it");
    await incus.run(sh`stop --project ${project} ${incus.at(place.name)} --timeout 30`);
    await incus.run(
      sh`publish ${incus.at(place.name)} ${incus.at("")} --project ${project} --alias ${aliasOf(recipe)} --compression none ${`${kind}=${recipe.id}`}`,
      { silence: 60 * 60_000 },
    );
    await removeOldImages(incus, kind);
  } finally {
    await removeInstance(incus, place);
    if (!recipe.from) await incus.run(sh`image delete ${incus.at(base)}`).catch(() => {});
  }
}

/** The base system as an image of this server: our own root file system, or the image server's Debian. */
async function baseImage({ incus, facts }: Engine, base: BaseSystem, alias: string): Promise<string> {
  if (base.kind === "image") return "images:debian/12";
  const folder = await mkdtemp(join(tmpdir(), "labwright-incus-"));
  try {
    const about = `architecture: ${facts.architectures[0]}\ncreation_date: 1700000000\n`;
    await incus.script(sh`set -e
      cd ${folder}
      printf %s ${about} >metadata.yaml
      tar -cf metadata.tar metadata.yaml
      ${incus.command(sh`image delete ${incus.at(alias)}`)} 2>/dev/null || true
      ${incus.command(sh`image import metadata.tar ${base.file} ${incus.at("")} --alias ${alias} --quiet`)}`);
    return alias;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
