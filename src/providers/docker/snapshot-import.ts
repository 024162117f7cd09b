import { renamedImages } from "../../artifacts/images/rename.ts";
import { LabwrightError } from "../../errors.ts";
import { architectureNamed } from "../../hosts/architecture.ts";
import { sh } from "../../hosts/sh.ts";
import { overlaps } from "../../lab/cidr.ts";
import type { Machine } from "../../lab/types.ts";
import type { ImportRequest } from "../types.ts";
import { assertFree, type Copying, copyImage, copyLabels, createVolume } from "./copy-machine.ts";
import { label, labelFlags } from "./docker.ts";
import { subnetOf } from "./network.ts";
import { ownLabels } from "./resources.ts";
import { allSharedVolumes, originOf } from "./shared-volumes.ts";
import { type About, aboutSchema, part } from "./snapshot-export.ts";
import { fillVolume } from "./volume-tar.ts";

/** Throws if the lab cannot take such a snapshot. What it returns takes the parts. */
export async function prepareImport(
  copying: Copying,
  machines: readonly Machine[],
  unknown: unknown,
): Promise<(request: ImportRequest) => Promise<void>> {
  const { data: about, error } = aboutSchema.safeParse(unknown);
  if (!about) throw flawed(copying, "its machines are not described", error);
  await assertFits(copying, machines, about);
  const volumes = await sharedFor(copying, about);
  return (request) => takeParts(copying, about, volumes, request);
}

async function assertFits(
  copying: Copying,
  machines: readonly Machine[],
  { architecture, machines: copied }: About,
): Promise<void> {
  const { docker, facts } = copying.engine;
  const refuse = (why: string, remedy: string): LabwrightError =>
    new LabwrightError({
      code: "snapshot-not-fitting",
      message: `cannot import the snapshot "${copying.snapshot}": ${why}`,
      remedy,
    });
  const own = architectureNamed(facts.architecture, "the Docker engine");
  if (architecture !== own)
    throw refuse(
      `its machines have ${architecture} processors, and the Docker engine runs on ${own}`,
      `Import it on a computer with ${architecture} processors.`,
    );
  const names = copied.map(({ name }) => name).sort();
  if (
    names.join() !==
    machines
      .map(({ name }) => name)
      .sort()
      .join()
  )
    throw refuse(
      `it has the machines ${names.join(", ")}`,
      "Use the lab file with which the snapshot was saved.",
    );
  const subnet = await subnetOf(docker, copying.lab);
  const away = copied.find(({ address }) => subnet === undefined || !overlaps(subnet, `${address}/32`));
  if (away)
    throw refuse(
      `${away.name} has the address ${away.address} in it, and the lab's network is ${subnet ?? "missing"}`,
      `Run \`labwright down\`, add \`network: { subnet: ${away.address.replace(/\d+$/, "0")}/24 }\` to the lab file, then run \`labwright up\`.`,
    );
  for (const name of names) await assertFree(copying, name);
}

interface SharedFor {
  volume: string;
  /** Whether the engine has it already. */
  isThere: boolean;
}

/** The volumes of shared images for the machines, by their origins. */
async function sharedFor(
  { engine, lab }: Copying,
  { machines }: About,
): Promise<ReadonlyMap<string, SharedFor>> {
  const all = await allSharedVolumes(engine.docker, lab.name);
  const known = new Map(all.map((one) => [originOf(one), one.name]));
  return new Map(
    machines.map(({ shared }) => {
      const volume = known.get(shared);
      return [
        shared,
        { volume: volume ?? `labwright.images-${lab.name}.${shared}`, isThere: volume !== undefined },
      ];
    }),
  );
}

async function takeParts(
  copying: Copying,
  { machines }: About,
  shared: ReadonlyMap<string, SharedFor>,
  { parts, activity, signal }: ImportRequest,
): Promise<void> {
  const [first] = machines;
  const image = copyImage(copying, first?.name ?? "");
  const takers = new Map<string, (content: AsyncIterable<Uint8Array>) => Promise<void>>();
  takers.set(part.images, (content) => loadImages(copying, machines, shared, { content, signal }));
  for (const { name } of machines)
    takers.set(part.volume(name), async (content) => {
      const volume = await createVolume(copying, name);
      await fillVolume(copying, { volume, image, signal }, content);
    });
  for (const [origin, { volume, isThere }] of shared)
    if (!isThere)
      takers.set(part.shared(origin), async (content) => {
        const labels = { ...(await ownLabels(copying.lab)), [label.snapshot]: "", [label.copy]: origin };
        await copying.engine.docker.run(sh`volume create ${labelFlags(labels)} ${volume}`);
        await fillVolume(copying, { volume, image, signal }, content);
      });
  for await (const { name, content } of parts) {
    const take = takers.get(name);
    takers.delete(name);
    if (take) await activity.child("machine", `import ${name}`, () => take(content));
  }
  const [missing] = takers.keys();
  if (missing !== undefined) throw flawed(copying, `the part ${missing} is missing`);
}

/** Of a file that is not what this provider has exported, although it is not damaged. */
const flawed = ({ snapshot }: Copying, why: string, cause?: unknown): LabwrightError =>
  new LabwrightError({
    code: "snapshot-damaged",
    message: `cannot import the snapshot "${snapshot}": ${why}`,
    remedy: "Export it again with `labwright snapshot export NAME FILE`.",
    cause,
  });

interface Loading {
  content: AsyncIterable<Uint8Array>;
  signal: AbortSignal;
}

/** The images are the lab's from the beginning: those of another lab under its name would stop every command. */
async function loadImages(
  copying: Copying,
  machines: About["machines"],
  shared: ReadonlyMap<string, SharedFor>,
  { content, signal }: Loading,
): Promise<void> {
  const images = await Promise.all(
    machines.map(async ({ name, address, shared: origin }) => {
      const own = { [label.copy]: shared.get(origin)?.volume ?? "", [label.address]: address };
      const labels = { ...(await copyLabels(copying, name)), ...own };
      return { tag: copyImage(copying, name), labels };
    }),
  );
  const input = renamedImages(content, {
    named: (tags) => {
      const one = images.find(({ tag }) => tags.includes(tag));
      if (one) return one;
      throw flawed(copying, `it has an image that it does not need: ${tags.join(", ")}`);
    },
    isOld: (name) => name.startsWith("labwright."),
  });
  for await (const _ of copying.engine.docker.stream(sh`image load --quiet`, { input, signal }));
}
