import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import { findEngine } from "../../src/providers/docker/engine.ts";
import type { Candidate, Occupant } from "./providers-candidate.ts";
import { socketLine } from "./providers-line.ts";

const engine = await findEngine();
const endpoint = engine?.docker.socket
  ? `unix://${engine.docker.socket}`
  : await engine?.docker.run(sh`context inspect --format {{.Endpoints.docker.Host}}`);
const socket = endpoint?.startsWith("unix://") ? endpoint.slice("unix://".length) : undefined;
/** Bound to the engine's own socket: it goes on when the line is cut. */
const docker = socket === undefined ? engine?.docker : new Docker(localHost(), socket);

const ask = (): Docker => {
  if (!docker) throw new Error("no engine");
  return docker;
};

/** A thing of a kind, made by `make`, that carries the name and none of our labels. */
const occupant = (kind: "container" | "network", name: string): Occupant => ({
  isThere: () => ask().has(kind, name),
  remove: async () => {
    await ask().run(sh`${kind} rm ${name}`);
  },
});

/** The engine tells a container's mounts in any order. */
function withSortedMounts<T extends { Mounts?: { Destination: string }[] }>(thing: T): T {
  thing.Mounts?.sort((a, b) => a.Destination.localeCompare(b.Destination));
  return thing;
}

export const dockerCandidate: Candidate = {
  name: "docker",
  keepsHostKeys: true,
  unavailable: engine ? false : "no Docker engine answers on this host",
  cannot: socket === undefined ? { cut: "the engine is not reached through a Unix socket" } : {},

  async things(lab) {
    const name = `labwright-${lab}`;
    const isOfSet = (one: string) => one.replace(/\.\d+$/, "") === name;
    const containers = await ask().list(sh`ps --all --format {{.Names}}`);
    const others = [
      ...(await ask().list(sh`network ls --format {{.Name}}`)),
      ...(await ask().list(sh`volume ls --format {{.Name}}`)),
    ];
    return [...containers.filter((one) => one.startsWith(`${name}.`)), ...others.filter(isOfSet)];
  },

  async state(lab) {
    const names = await this.things(lab);
    const listed = await ask().list(sh`network ls --format {{.Name}}`);
    const networks = names.filter((name) => listed.includes(name));
    const containers = names.filter((name) => !networks.includes(name));
    return [
      ...(containers.length > 0 ? JSON.parse(await ask().run(sh`inspect ${containers}`)) : []),
      ...(networks.length > 0 ? JSON.parse(await ask().run(sh`network inspect ${networks}`)) : []),
    ].map(withSortedMounts);
  },

  elsewhere: endpoint === undefined ? {} : { DOCKER_HOST: endpoint },

  async stop({ name }, machine) {
    await ask().run(sh`kill ${`labwright-${name}.${machine}`}`);
  },

  async pause({ name }, machine) {
    await ask().run(sh`pause ${`labwright-${name}.${machine}`}`);
  },

  /** What has taken its address meanwhile keeps it from starting. */
  async block({ name }, machine) {
    const container = `labwright-${name}.${machine}`;
    const address = await ask().run(
      sh`inspect --format ${'{{index .Config.Labels "labwright.address"}}'} ${container}`,
    );
    const [image = ""] = await ask().list(sh`image ls --quiet --filter reference=labwright/*`);
    await ask().run(sh`kill ${container}`);
    const flags = ["--detach", "--network", `labwright-${name}`, "--ip", address];
    const thief = await ask().run(sh`run ${flags} ${image} sleep 3600`);
    return {
      says: /address already in use/i,
      unblock: async () => void (await ask().run(sh`rm -f ${thief}`)),
    };
  },

  occupy: {
    container: async ({ name, machines: [machine] }) => {
      const container = `labwright-${name}.${machine?.name}`;
      const [image = ""] = await ask().list(sh`image ls --quiet --filter reference=labwright/*`);
      await ask().run(sh`create --name ${container} ${image} true`);
      return occupant("container", container);
    },
    network: async ({ name }) => {
      await ask().run(sh`network create --internal ${`labwright-${name}`}`);
      return occupant("network", `labwright-${name}`);
    },
  },

  line: () => socketLine(socket ?? "", "DOCKER_HOST", (path) => `unix://${path}`),
};
