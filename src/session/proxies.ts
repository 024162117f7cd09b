import { lookup } from "node:dns/promises";
import { mkdir, rm } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { LabwrightError } from "../errors.ts";
import { type ProxySettings, ProxyUrl, proxiesHere, shownProxies } from "../http/proxies.ts";
import { machineProxies } from "../lab/proxies.ts";
import type { Lab } from "../lab/types.ts";
import { readJson, writeJson } from "../local/json-file.ts";
import { labFolder } from "../paths.ts";

const fileOf = (lab: string): string => join(labFolder(lab), "proxies.json");

const schema = z.object({
  http: z.string().optional(),
  https: z.string().optional(),
  no: z.array(z.string()),
  certificates: z.string().optional(),
});

/** The settings that hold for a lab: the environment's or, if it has none, those of the last `up`. */
export async function proxiesOf(lab: string): Promise<ProxySettings> {
  return proxiesHere() ?? (await recorded(lab)) ?? { no: [] };
}

async function recorded(lab: string): Promise<ProxySettings | undefined> {
  const kept = await readJson(fileOf(lab), schema);
  if (kept === undefined) return undefined;
  const { http, https, no, certificates } = kept;
  return {
    ...(http && { http: new ProxyUrl(http) }),
    ...(https && { https: new ProxyUrl(https) }),
    no,
    ...(certificates && { certificates }),
  };
}

/** Records the settings that `up` uses, so that the machines' settings do not depend on the shell of later commands. */
export async function recordProxies({ name, proxies }: Pick<Lab, "name" | "proxies">): Promise<void> {
  const file = fileOf(name);
  const { http, https, no, certificates }: ProxySettings = proxies ?? { no: [] };
  if (!http && !https && certificates === undefined) return rm(file, { force: true });
  const kept = { http: http?.reveal(), https: https?.reveal(), no, certificates };
  await mkdir(labFolder(name), { recursive: true, mode: 0o700 });
  await writeJson(file, kept);
}

/** What a person should know about the proxies, in one sentence. */
export function proxySentence(lab: Pick<Lab, "provider" | "proxies">): string | undefined {
  const { proxies } = lab;
  if (!proxies || shownProxies(proxies) === "") return undefined;
  const used = `the proxy ${shownProxies(proxies)} is used`;
  if (lab.provider === "pulumi") return `${used} on this computer; machines in a cloud get none`;
  const given = machineProxies(lab);
  if (given.http || given.https) return `${used}, here and on the machines`;
  return `${used} on this computer only: machines do not reach a proxy that listens on this computer's loopback address`;
}

/** Throws `isolated-from-proxy` if the machines would not reach a proxy, because it runs on this computer. */
export async function assertProxyElsewhere(
  lab: Pick<Lab, "provider" | "proxies" | "isolated">,
): Promise<void> {
  if (!lab.isolated) return;
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  const { http, https } = machineProxies(lab);
  for (const proxy of [http, https]) {
    if (proxy === undefined) continue;
    // A name that nobody knows is not this computer's.
    const addresses = await lookup(proxy.hostname, { all: true }).catch(() => []);
    if (addresses.some(({ address }) => own.includes(address))) throw isolatedFrom(proxy);
  }
}

const isolatedFrom = (proxy: ProxyUrl): LabwrightError =>
  new LabwrightError({
    code: "isolated-from-proxy",
    message: `the proxy ${proxy.shown} runs on this computer, which the machines of an isolated lab do not reach`,
    remedy: "Remove `network.isolated` from the lab file, or use a proxy on another computer.",
  });
