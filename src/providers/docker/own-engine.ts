import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { localHost } from "../../hosts/local.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { proxiesHere } from "../../http/proxies.ts";
import { sha256 } from "../../local/hash.ts";
import { writeJson } from "../../local/json-file.ts";
import { writeWhole } from "../../local/text-file.ts";
import { dataFolder } from "../../paths.ts";
import { pidOf, untilAnswers, untilGone } from "../engine/daemon.ts";
import { docker, removeDeadBridges } from "../engine/left-bridges.ts";

export const ownFolder = (): string => join(dataFolder(), "engine");
const ownPidFile = (): string => join(ownFolder(), "docker.pid");
export const ownSocket = (): string => join(ownFolder(), "docker.sock");
const ownSettings = (): string => join(ownFolder(), "daemon.json");
/** What must not outlive a restart of the computer is where the system empties it: file-hierarchy(7). */
const runFolder = (): string => `/run/labwright-${sha256(ownFolder()).slice(0, 8)}`;

/** Whether our engine has ever been started. */
export const hasOwnEngine = (): boolean => existsSync(ownSettings());

/** A classroom's mirror is at a private address, and rarely has a certificate: RFC 1918. */
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** The owner's settings for the network around the computer hold for our engine too. */
const ownersWords = [
  "registry-mirrors",
  "proxies",
  "dns",
  "dns-opts",
  "dns-search",
  "mtu",
  "default-address-pools",
];

/**
 * The configuration of our engine, in the form of dockerd's daemon.json, from the one of the computer's own engine.
 * dockerd refuses a setting that is both in /etc/docker/daemon.json and among its arguments, so ours has all its
 * settings in its own file.
 */
export function ownConfiguration(owners: Record<string, unknown>): Record<string, unknown> {
  const folder = ownFolder();
  const registries = owners["insecure-registries"];
  return {
    ...Object.fromEntries(ownersWords.filter((word) => word in owners).map((word) => [word, owners[word]])),
    "data-root": join(folder, "data"),
    "exec-root": runFolder(),
    pidfile: ownPidFile(),
    hosts: [`unix://${ownSocket()}`],
    "insecure-registries": [
      ...new Set([...privateNetworks, ...(Array.isArray(registries) ? registries : [])]),
    ],
  };
}

/** dockerd reads the proxies from the environment; Go reads authorities from these folders: crypto/x509. */
async function trusting(folder: string): Promise<Command> {
  const { certificates } = proxiesHere() ?? {};
  if (certificates === undefined) return sh``;
  await mkdir(join(folder, "authorities"), { recursive: true });
  await writeWhole(join(folder, "authorities", "company.pem"), certificates);
  return sh`SSL_CERT_DIR=${`/etc/ssl/certs:${join(folder, "authorities")}`}`;
}

export async function startOwnEngine(): Promise<void> {
  const folder = ownFolder();
  const owners = await readFile("/etc/docker/daemon.json", "utf8")
    .then((text): Record<string, unknown> => JSON.parse(text))
    .catch(() => ({}));
  await mkdir(join(folder, "data"), { recursive: true, mode: 0o700 });
  const file = ownSettings();
  await writeJson(file, ownConfiguration(owners));
  const log = join(folder, "dockerd.log");
  // dockerd takes any process of that number for itself, and does not start.
  if ((await pidOf("dockerd", ownPidFile())) === undefined) await rm(ownPidFile(), { force: true });
  await localHost().run(removeDeadBridges(docker));
  await localHost().run(sh`
    ${await trusting(folder)} setsid -f dockerd --config-file ${file} >${log} 2>&1 </dev/null
    ${untilAnswers(sh`DOCKER_HOST=${`unix://${ownSocket()}`} docker version`, [log])}`);
}

/** Stops the engine that we started; containers in it stop with it. Returns whether there was one. */
export async function stopOwnEngine(): Promise<boolean> {
  const pid = await pidOf("dockerd", ownPidFile());
  if (pid === undefined) return false;
  await localHost().run(sh`
    kill ${pid}
    ${untilGone(pid, [ownFolder(), runFolder()])}
    rm -rf --one-file-system ${runFolder()}`);
  return true;
}
