import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCache } from "../../src/artifacts/cache.ts";
import { rootFileSystem } from "../../src/artifacts/debian.ts";
import { sh } from "../../src/hosts/sh.ts";
import { cacheFolder } from "../../src/paths.ts";
import type { Engine } from "../../src/providers/docker/engine.ts";
import { machineImage } from "../../src/providers/docker/image.ts";
import { plainRecipe, silent } from "../support/plain-image.ts";
import { thisTarget } from "../support/platform.ts";

/** What makes a plain Debian one of a cloud's: cloud-init, which reads what the cloud tells it at the first boot. */
const recipe = { ...plainRecipe, packages: [...plainRecipe.packages, "cloud-init"].sort() };

/** The engine gives the network, and the seed is the only place that cloud-init has to look at. */
const cloudConfig = ["datasource_list: [NoCloud]", "network: { config: disabled }", ""].join("\n");

const dockerfile = (base: string) => `FROM ${base}
COPY cloud.cfg /etc/cloud/cloud.cfg.d/99-service.cfg
RUN systemctl enable cloud-init-local.service cloud-init.service cloud-config.service cloud-final.service \\
 && rm -f /etc/ssh/ssh_host_* /etc/machine-id && touch /etc/machine-id
`;

/** The image of a server as it comes from a cloud: sshd, sudo, cloud-init, and nothing of ours. */
export async function cloudImage(engine: Engine): Promise<string> {
  const cache = openCache(join(cacheFolder(), "artifacts"));
  const root = await rootFileSystem(recipe, thisTarget, cache, silent);
  const base = await machineImage(engine, { kind: "rootfs", ...root }, { activity: silent });
  const image = base.replace("machine:", "cloud-server:");
  const folder = await mkdtemp(join(tmpdir(), "labwright-cloud-image-"));
  try {
    await writeFile(join(folder, "cloud.cfg"), cloudConfig);
    await writeFile(join(folder, "Dockerfile"), dockerfile(base));
    await engine.docker.run(sh`build --quiet --tag ${image} ${folder}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return image;
}
