import { type Architecture, architectureNamed } from "./architecture.ts";
import { sh } from "./sh.ts";
import type { Host } from "./types.ts";

/** What programs have to match: a machine's processor, and its distribution. */
export interface Platform {
  architecture: Architecture;
  /** ID and VERSION_CODENAME of os-release(5): `debian`, `bookworm`. */
  distribution: { id: string; codename: string };
}

const platforms = new WeakMap<Host, Promise<Platform>>();

/** Asks a machine for its platform; each connection is asked once. */
export function platformOf(host: Host): Promise<Platform> {
  const known = platforms.get(host) ?? askPlatform(host);
  platforms.set(host, known);
  return known;
}

async function askPlatform(host: Host): Promise<Platform> {
  const { stdout } = await host.run(
    sh`uname -m; . /etc/os-release 2>/dev/null || . /usr/lib/os-release; echo "$ID"; echo "$VERSION_CODENAME"`,
  );
  const [machine = "", id = "", codename = ""] = stdout.split("\n");
  return { architecture: architectureNamed(machine, host.name), distribution: { id, codename } };
}
