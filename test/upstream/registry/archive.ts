import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { digest } from "../packages/deb.ts";
import { elfFile, type Processor } from "../packages/elf.ts";
import { addImage, type Family, type PlatformImage, type Store } from "./store.ts";

const run = promisify(execFile);
const compress = promisify(gzip);

/** Takes away what a public image does not have; undefined: the layer stays as it is. */
export type LayerFilter = (image: string, tar: Buffer) => Promise<Buffer> | undefined;

interface Listed {
  Config: string;
  RepoTags: string[];
  Layers: string[];
}

/** The configuration of an image that holds nothing, for tests that only fetch it. */
export const plainConfig = Buffer.from(
  JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [] },
  }),
);

const others: { architecture: string; processor: Processor }[] = [
  { architecture: "amd64", processor: "amd64" },
  { architecture: "arm64", processor: "arm64" },
  { architecture: "ppc64le", processor: "ppc64el" },
  { architecture: "s390x", processor: "s390x" },
];

export const gzipped = (tar: Buffer): Promise<Buffer> => compress(tar, { level: constants.Z_BEST_SPEED });

/** An image of another processor: one file, which says whose it is and runs nowhere. */
async function standIn(architecture: string, processor: Processor): Promise<PlatformImage> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-layer-"));
  try {
    await writeFile(join(folder, "program"), elfFile(processor, architecture));
    const { stdout } = await run("tar", ["-C", folder, "-c", "program"], { encoding: "buffer" });
    const config = {
      architecture,
      os: "linux",
      config: { Cmd: ["/program"] },
      rootfs: { type: "layers", diff_ids: [`sha256:${digest("sha256", stdout)}`] },
    };
    return { architecture, config: Buffer.from(JSON.stringify(config)), layers: [await gzipped(stdout)] };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** This image for this processor, and stand-ins for the others, under one name. */
export async function addForAll(
  store: Store,
  name: string,
  image: PlatformImage,
  family: Family,
): Promise<void> {
  const all = others.map(({ architecture, processor }) =>
    architecture === image.architecture ? image : standIn(architecture, processor),
  );
  addImage(store, name, await Promise.all(all), family);
}

/** Adds the images of an archive in the format of `docker save`. */
export async function addArchive(store: Store, archive: string, filter?: LayerFilter): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-images-"));
  const layers = new Map<string, Promise<Buffer>>();
  const plain = (file: string) => {
    const known = layers.get(file);
    if (known) return known;
    const made = readFile(join(folder, file)).then(gzipped);
    layers.set(file, made);
    return made;
  };
  try {
    await run("tar", ["-C", folder, "-xf", archive]);
    const listed: Listed[] = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
    for (const { Config, RepoTags, Layers } of listed) {
      const config = JSON.parse(await readFile(join(folder, Config), "utf8"));
      const compressed: Buffer[] = [];
      for (const [at, file] of Layers.entries()) {
        const filtered = await filter?.(RepoTags[0] ?? "", await readFile(join(folder, file)));
        compressed.push(filtered ? await gzipped(filtered) : await plain(file));
        if (filtered) config.rootfs.diff_ids[at] = `sha256:${digest("sha256", filtered)}`;
      }
      const image = {
        architecture: config.architecture,
        config: Buffer.from(JSON.stringify(config)),
        layers: compressed,
      };
      for (const name of RepoTags)
        await addForAll(store, name, image, name.startsWith("docker.io/") ? "oci" : "docker");
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
