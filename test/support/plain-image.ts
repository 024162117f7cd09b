import { join } from "node:path";
import type { Activity } from "../../src/activity/activity.ts";
import { openCache } from "../../src/artifacts/cache.ts";
import { type RootRecipe, rootFileSystem } from "../../src/artifacts/debian.ts";
import { cacheFolder } from "../../src/paths.ts";
import type { Engine } from "../../src/providers/docker/engine.ts";
import { machineImage } from "../../src/providers/docker/image.ts";
import { thisTarget } from "./platform.ts";

/** What a small Debian of a cloud has to be reached and managed, and nothing that Kubernetes calls. */
export const plainRecipe: RootRecipe = {
  suite: "bookworm",
  variant: "minbase",
  packages: [
    "ca-certificates",
    "dbus",
    "iproute2",
    "openssh-server",
    "procps",
    "sudo",
    "systemd",
    "systemd-sysv",
  ],
  leaveOut: ["/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/doc/*"],
  remove: ["var/lib/apt/lists/*"],
};

export const silent: Activity = {
  note: () => {},
  expect: () => {},
  child: (_kind, _title, work) => work(silent, () => {}),
};

/** The name of an image whose containers are plain Debian machines; made once (20 s or so) and kept in the cache. */
export async function plainImage(engine: Engine): Promise<string> {
  const cache = openCache(join(cacheFolder(), "artifacts"));
  const root = await rootFileSystem(plainRecipe, thisTarget, cache, silent);
  return machineImage(engine, { kind: "rootfs", ...root }, { activity: silent });
}
