import { createHash } from "node:crypto";
import { removeNetwork } from "../docker/network.ts";
import { type Command, lines, sh } from "../hosts/sh.ts";
import type { Item, Recorder } from "./types.ts";

/** What the engine makes itself on every machine. */
const own = new Set(["docker network bridge", "docker network host", "docker network none"]);

/** The fields of `docker inspect` that are read. */
interface EngineObject {
  kind: string;
  name: string;
  value: unknown;
}

/**
 * Networks, containers, volumes and images of a machine's Docker engine. Only their settings are compared,
 * not what changes by itself: a container's addresses, the times of restarts.
 */
export const dockerRecorder: Recorder = {
  owns: (kind) => kind.startsWith("docker "),
  // A machine without the engine has no objects; an engine that is installed and stopped cannot be asked, but
  // nothing can be created in it either.
  probe: sh`
    command -v docker >/dev/null && docker info >/dev/null 2>&1 || exit 0
    ${listed("network", sh`docker network ls -q`, "{{json .Name}} {{json .Driver}} {{json .IPAM}} {{json .Options}} {{json .Internal}}")}
    ${listed("container", sh`docker ps -aq | grep -vxF "$(docker ps -aq --filter label=io.kubernetes.docker.type)"`, "{{json .Name}} {{json .Config.Image}} {{json .Args}} {{json .State.Running}} {{json .HostConfig.NetworkMode}}")}
    ${listed("volume", sh`docker volume ls -q`, "{{json .Name}} {{json .Driver}} {{json .Options}}")}
    docker image ls --format 'image {{if eq .Tag "<none>"}}{{json .ID}}{{else}}{{json (print .Repository ":" .Tag)}}{{end}} {{json .ID}}'`,
  read: (printed) =>
    printed
      .split("\n")
      .filter((line) => line !== "")
      .map(objectOf)
      .filter(({ kind, name }) => !own.has(`${kind} ${name}`))
      .map(({ kind, name, value }) => ({ kind, name, value: hashOf(value) })),
  remove: (items) => lines([...containers(items), ...networks(items), ...others(items)]),
};

function listed(kind: string, ids: Command, format: string): Command {
  return sh`${ids} | xargs -r docker inspect --type ${kind} --format ${`${kind} ${format}`} || exit 1`;
}

function objectOf(line: string): EngineObject {
  const [, kind = "", rest = ""] = /^(\S+) (.*)$/.exec(line) ?? [];
  const [, name = '""'] = /^("(?:[^"\\]|\\.)*")/.exec(rest) ?? [];
  return { kind: `docker ${kind}`, name: String(JSON.parse(name)).replace(/^\//, ""), value: rest };
}

const hashOf = (value: unknown): string =>
  createHash("sha256").update(String(value)).digest("hex").slice(0, 16);

const named = (items: readonly Item[], kind: string): string[] =>
  items.filter((item) => item.kind === `docker ${kind}`).map(({ name }) => name);

const containers = (items: readonly Item[]): Command[] =>
  named(items, "container").map((name) => sh`docker rm --force --volumes ${name} >/dev/null 2>&1`);

const networks = (items: readonly Item[]): Command[] => named(items, "network").map(removeNetwork);

const others = (items: readonly Item[]): Command[] => [
  ...named(items, "volume").map((name) => sh`docker volume rm --force ${name} >/dev/null 2>&1`),
  ...named(items, "image").map((name) => sh`docker image rm --force ${name} >/dev/null 2>&1`),
  sh`true`,
];
