import { hasProgram, localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import { findEngine } from "../../src/providers/docker/engine.ts";
import { hostNameOf } from "../../src/providers/machine/host-name.ts";
import { type Candidate, tooSlow } from "./providers-candidate.ts";
import { socketLine } from "./providers-line.ts";

const engine = await findEngine();
const hasVagrant = await hasProgram("vagrant");
const socket = engine?.docker.socket;
const before = process.env.VAGRANT_DEFAULT_PROVIDER;
/** Bound to the engine's own socket: it goes on when the line is cut. */
const docker = socket === undefined ? engine?.docker : new Docker(localHost(), socket);
let labs = 0;

const ask = (): Docker => {
  if (!docker) throw new Error("no engine");
  return docker;
};

const containerName = (lab: string, machine: string) => `labwright-${lab}-vagrant-${machine}`;

/** Vagrant with its docker provider: machines that start wherever containers do. */
export const vagrantCandidate: Candidate = {
  name: "vagrant",
  unavailable:
    tooSlow ||
    (!hasVagrant && "Vagrant is not installed on this computer") ||
    (!engine && "no Docker engine answers on this host, and Vagrant has no other provider"),
  cannot: {
    adopt: "Vagrant keeps its machines in the lab's folder, and loses them with it",
    ...(socket === undefined && { cut: "the engine is not reached through a Unix socket" }),
  },

  hostname: hostNameOf,

  async settings() {
    process.env.VAGRANT_DEFAULT_PROVIDER = "docker";
    labs += 1;
    return { text: `network: { subnet: 192.168.${100 + labs}.0/24 }` };
  },

  async things(lab) {
    const containers = await ask().list(sh`ps --all --format {{.Names}}`);
    return containers.filter((one) => one.startsWith(containerName(lab, "")));
  },

  elsewhere: socket === undefined ? {} : { DOCKER_HOST: `unix://${socket}` },

  async state(lab) {
    const names = await this.things(lab);
    // The mounts come in any order.
    return names.length > 0
      ? ask().run(sh`inspect --format ${"{{json .State}} {{json .Config}}"} ${names}`)
      : "";
  },

  async stop({ name }, machine) {
    await ask().run(sh`kill ${containerName(name, machine)}`);
  },

  async pause({ name }, machine) {
    await ask().run(sh`pause ${containerName(name, machine)}`);
  },

  async block({ name }, machine) {
    const container = containerName(name, machine);
    const format = "{{range $name, $_ := .NetworkSettings.Networks}}{{println $name .IPAddress}}{{end}}";
    const rows = await ask().list(sh`inspect --format ${format} ${container}`);
    const [network = "", address = ""] =
      rows.map((row) => row.split(" ")).find(([one]) => one !== "bridge") ?? [];
    const [image = ""] = await ask().list(sh`image ls --quiet --filter reference=labwright/*`);
    await ask().run(sh`kill ${container}`);
    const flags = ["--detach", "--network", network, "--ip", address];
    const thief = await ask().run(sh`run ${flags} ${image} sleep 3600`);
    return {
      says: /address already in use/i,
      unblock: async () => void (await ask().run(sh`rm -f ${thief}`)),
    };
  },

  occupy: {
    container: async ({ name, machines: [machine] }) => {
      const container = containerName(name, machine?.name ?? "");
      const [image = ""] = await ask().list(sh`image ls --quiet --filter reference=labwright/*`);
      await ask().run(sh`create --name ${container} ${image} true`);
      return {
        isThere: () => ask().has("container", container),
        remove: async () => {
          await ask().run(sh`rm ${container}`);
        },
      };
    },
  },

  line: () => socketLine(socket ?? "", "DOCKER_HOST", (path) => `unix://${path}`),

  async close() {
    if (before === undefined) delete process.env.VAGRANT_DEFAULT_PROVIDER;
    else process.env.VAGRANT_DEFAULT_PROVIDER = before;
  },
};
