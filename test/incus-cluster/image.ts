import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sh } from "../../src/hosts/sh.ts";
import type { Engine } from "../../src/providers/docker/engine.ts";
import { installation } from "../../src/providers/incus/provide.ts";
import { plainImage } from "../support/plain-image.ts";

const dockerfile = (base: string) => `FROM ${base}
COPY install /tmp/install
RUN sh -e /tmp/install && apt-get clean && rm -r /tmp/install /var/lib/apt/lists/*
`;

/** The image of a computer that carries an Incus server, installed as `doctor --fix` does it; the engine keeps it. */
export async function memberImage(engine: Engine): Promise<string> {
  const base = await plainImage(engine);
  const image = base.replace("machine:", "incus-member:");
  const folder = await mkdtemp(join(tmpdir(), "labwright-incus-image-"));
  try {
    await writeFile(join(folder, "install"), installation.reveal());
    await writeFile(join(folder, "Dockerfile"), dockerfile(base));
    await engine.docker.run(sh`build --quiet --tag ${image} ${folder}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return image;
}
