import { access, readdir, readFile } from "node:fs/promises";
import { localHost } from "../../hosts/local.ts";
import { sh } from "../../hosts/sh.ts";
import type { Docker } from "./docker.ts";
import type { EngineSite } from "./reach.ts";

/** Asks the engine and this computer for `reachOf`'s facts. Changes nothing and sends no packet. */
export async function askSite(docker: Docker): Promise<EngineSite> {
  const [endpoint, bridged, outside] = await Promise.all([
    endpointOf(docker),
    isBridged(docker),
    outsideOf(),
  ]);
  return {
    endpoint,
    platform: process.platform,
    bridged,
    outside,
    forced: process.env.LABWRIGHT_REACH === "published",
  };
}

async function endpointOf(docker: Docker): Promise<string> {
  if (docker.socket !== undefined) return `unix://${docker.socket}`;
  const endpoint = await docker.run(sh`context inspect --format {{.Endpoints.docker.Host}}`).catch(() => "");
  const alias = endpoint.startsWith("ssh://") ? URL.parse(endpoint)?.hostname : undefined;
  if (alias === undefined) return endpoint;
  // A host name in ssh_config(5) is not an address that others can connect to.
  const settings = await localHost().run(sh`ssh -G ${alias}`, { accept: "any" });
  return `ssh://${/^hostname (.+)$/m.exec(settings.stdout)?.[1] ?? alias}`;
}

/**
 * A network's bridge has the network's id in its name, so it cannot be another engine's; every engine names the
 * bridge of its default network docker0, which is ambiguous. Bridges without containers are in sysfs too.
 */
async function isBridged(docker: Docker): Promise<boolean | undefined> {
  const here = await readdir("/sys/class/net").catch((): string[] => []);
  const bridges = await bridgesOf(docker);
  if (bridges.length === 0) return undefined;
  const own = bridges.filter((bridge) => bridge !== "docker0");
  return (own.length > 0 ? own : bridges).some((bridge) => here.includes(bridge));
}

/** The interfaces of an engine's networks, on the engine's computer. */
export async function bridgesOf(docker: Docker): Promise<string[]> {
  const ids = await docker.list(sh`network ls --quiet --filter driver=bridge`);
  if (ids.length === 0) return [];
  // Without `with` the client prints "<no value>" for an option that a network does not have.
  const format = '{{.Id}}\t{{with index .Options "com.docker.network.bridge.name"}}{{.}}{{end}}';
  return (await docker.list(sh`network inspect --format ${format} ${ids}`)).map((line) => {
    const [id = "", name] = line.split("\t");
    return name || `br-${id.slice(0, 12)}`;
  });
}

/** The default gateway of a computer that is a container: proc(5), with addresses in hexadecimal little-endian. */
async function outsideOf(): Promise<string | undefined> {
  const marks = await Promise.all(
    ["/.dockerenv", "/run/.containerenv"].map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (!marks.includes(true)) return undefined;
  return defaultGateway(await readFile("/proc/net/route", "utf8").catch(() => ""));
}

/** The gateway of the default route in /proc/net/route. */
export function defaultGateway(routes: string): string | undefined {
  const [, gateway] = /^\S+\t00000000\t([0-9A-F]{8})\t/m.exec(routes) ?? [];
  return gateway === undefined ? undefined : [...Buffer.from(gateway, "hex")].reverse().join(".");
}
