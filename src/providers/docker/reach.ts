import { LabwrightError } from "../../errors.ts";
import type { EngineFacts } from "./docker.ts";

/** The facts that decide how this computer reaches an engine's containers. */
export interface EngineSite {
  /** DOCKER_HOST, or the current context's: `unix:///var/run/docker.sock`, `tcp://docker:2375`, `ssh://me@build`. */
  endpoint: string;
  platform: NodeJS.Platform;
  /** Whether one of the engine's bridges is an interface of this computer; undefined if it has none yet. */
  bridged: boolean | undefined;
  /** This computer's default gateway if it is itself a container: the host whose engine it may have been given. */
  outside: string | undefined;
  /** LABWRIGHT_REACH=published. */
  forced: boolean;
}

/** How this computer reaches the machines of an engine, or why it cannot. */
export type Reach =
  /** At the containers' own addresses. */
  | { kind: "direct" }
  /** At ports of `host`, which the engine publishes on the addresses that `bind` stands for. */
  | { kind: "published"; host: string; bind: "127.0.0.1" | "0.0.0.0" }
  | { kind: "refused"; because: string; remedy: string };

/** The system names of engines in a virtual machine on this computer: their ports are published on 127.0.0.1. */
const virtual = /docker desktop|podman machine|colima|orbstack|rancher desktop/i;

const loopback = /^(localhost|127\.[\d.]+|\[::1\])$/i;

export function reachOf(site: EngineSite, facts: EngineFacts): Reach {
  const refusal = refusalOf(facts);
  if (refusal) return { kind: "refused", ...refusal };
  const host = hostOf(site.endpoint);
  if (host !== undefined && !loopback.test(host)) return { kind: "published", host, bind: "0.0.0.0" };
  const here: Reach = { kind: "published", host: "127.0.0.1", bind: "127.0.0.1" };
  if (site.forced || site.platform !== "linux" || virtual.test(facts.operatingSystem)) return here;
  if (site.bridged ?? true) return { kind: "direct" };
  return site.outside === undefined ? here : { kind: "published", host: site.outside, bind: "0.0.0.0" };
}

/** The computer that an endpoint names. */
function hostOf(endpoint: string): string | undefined {
  const { protocol, hostname } = URL.parse(endpoint) ?? { protocol: "", hostname: "" };
  return /^(tcp|https?|ssh):$/.test(protocol) ? hostname : undefined;
}

function refusalOf(facts: EngineFacts): { because: string; remedy: string } | undefined {
  if (/\bname=rootless\b/.test(facts.securityOptions))
    return {
      because:
        "the Docker engine runs rootless, and a machine needs privileges that such an engine does not have",
      remedy: "Use an engine that runs as root: `docker context use default`, or set DOCKER_HOST.",
    };
  if (/\/containers\/storage$/.test(facts.rootFolder))
    return {
      because: "the engine is Podman, which labwright does not support",
      remedy: "Install Docker, or set DOCKER_HOST to a Docker engine.",
    };
  if (facts.type === "windows")
    return {
      because: "the Docker engine runs Windows containers, and machines are Linux containers",
      remedy: "Switch Docker Desktop to Linux containers.",
    };
  return undefined;
}

export const engineRefused = ({ because, remedy }: { because: string; remedy: string }): LabwrightError =>
  new LabwrightError({ code: "engine-unsuitable", message: because, remedy });

/** The port of a machine that an engine has published, in the form of `docker ps` or `docker port`: IPv4 first. */
export const publishedPort = (ports: string, port: number): string | undefined =>
  new RegExp(`\\d+\\.\\d+\\.\\d+\\.\\d+:(\\d+)->${port}/tcp`).exec(ports)?.[1];

/**
 * `host:port` at which this computer reaches a port of a machine; undefined if it does not. A machine that was created when
 * containers' addresses were reachable has no published ports, and is reached at its address.
 */
export function placeOfPort(
  reach: Reach,
  { address, ports }: { address: string; ports: string },
  port: number,
): string | undefined {
  if (reach.kind !== "published" || !ports.includes("->")) return `${address}:${port}`;
  const published = publishedPort(ports, port);
  return published === undefined ? undefined : `${reach.host}:${published}`;
}
