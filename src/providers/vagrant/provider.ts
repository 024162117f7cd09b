import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Activity } from "../../engine/activity.ts";
import type { Lab } from "../../lab/types.ts";
import { labFolder } from "../../paths.ts";
import { findEngine } from "../docker/engine.ts";
import { machineImage } from "../docker/image.ts";
import { findPower } from "../docker/machine.ts";
import type { Found, Making, Provider } from "../types.ts";
import { vagrantMachines } from "./machines.ts";
import { accessesIn, statesIn, type VagrantOptions, vagrant } from "./vagrant.ts";

export async function open(lab: Lab): Promise<Provider> {
  return new VagrantProvider(lab);
}

/** Machines that Vagrant makes from the top-level Vagrantfile, whose state is kept in the lab's folder. */
class VagrantProvider implements Provider {
  readonly #lab: Lab;
  readonly #folder: string;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#folder = join(labFolder(lab.name), "vagrant");
  }

  get #machinesFile(): string {
    return join(this.#folder, "machines.json");
  }

  /** Host keys are pinned for each machine by itself: Vagrant gives the ports of 127.0.0.1 to others again. */
  #pinsOf(machine: string): string {
    return join(this.#folder, "known-hosts", machine);
  }

  async #run(args: readonly string[], options: Omit<VagrantOptions, "env"> = {}): Promise<string> {
    const engine = process.env.DOCKER_HOST === undefined ? await findEngine() : undefined;
    const env = {
      LABWRIGHT_MACHINES: this.#machinesFile,
      VAGRANT_DOTFILE_PATH: this.#folder,
      ...(engine?.docker.socket !== undefined && { DOCKER_HOST: `unix://${engine.docker.socket}` }),
    };
    return vagrant(args, { ...options, env });
  }

  async #tellMachines(more: { dockerBase?: string; dockerFlags?: string[] } = {}): Promise<void> {
    const known = await readFile(this.#machinesFile, "utf8").then(JSON.parse, () => ({}));
    const { dockerBase, dockerFlags } = { ...known, ...more };
    await mkdir(join(this.#folder, "known-hosts"), { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ ...vagrantMachines(this.#lab), dockerBase, dockerFlags }, null, 2);
    await writeFile(this.#machinesFile, `${text}\n`);
  }

  async #exists(): Promise<boolean> {
    return readFile(this.#machinesFile).then(
      () => true,
      () => false,
    );
  }

  async find(): Promise<Found[]> {
    // Where Vagrant was never told of the lab, it has no machines of it, and is not worth its seconds.
    if (!(await this.#exists())) return [];
    await this.#tellMachines();
    const states = statesIn(await this.#run(["status", "--machine-readable"]));
    const made = [...states].filter(([, state]) => !["not_created", "host_state_unknown"].includes(state));
    const running = made.filter(([, state]) => state === "running").map(([name]) => name);
    const accesses =
      running.length > 0 ? accessesIn(await this.#run(["ssh-config", ...running])) : new Map<string, never>();
    const machines = new Map(vagrantMachines(this.#lab).machines.map((one) => [one.name, one]));
    return Promise.all(
      made.map(async ([name]): Promise<Found> => {
        const access = accesses.get(name);
        const address = machines.get(name)?.address ?? "";
        return {
          name,
          running: access !== undefined,
          address,
          access: {
            host: access?.host ?? address,
            port: access?.port ?? 22,
            user: access?.user ?? "vagrant",
            ...(access && { privateKey: await readFile(access.identity, "utf8") }),
            knownHosts: this.#pinsOf(name),
            sudo: access?.user === "root" ? { kind: "none" } : { kind: "passwordless" },
          },
          // Vagrant's private networks are this computer's own: it reaches every port of them.
          reach: (port) => (address === "" ? undefined : `${address}:${port}`),
        };
      }),
    );
  }

  async create({ machines, artifacts, activity, signal }: Making): Promise<void> {
    const present = new Set((await this.find()).map(({ name }) => name));
    const names = machines.map(({ name }) => name);
    for (const name of names) if (!present.has(name)) await rm(this.#pinsOf(name), { force: true });
    await this.#tellMachines(await this.#forDocker({ artifacts, activity }));
    await activity.child("machine", `vagrant up ${names.join(" ")}`, async (child, end) => {
      await this.#run(["up", "--no-provision", ...names], {
        signal,
        onLine: (line) => child.note(line.trim()),
      });
      end({ outcome: "changed" });
    });
  }

  /** Where Vagrant is to use Docker, its machines stand on the very base that labwright's own containers stand on. */
  async #forDocker({
    artifacts,
    activity,
  }: Pick<Making, "artifacts" | "activity">): Promise<{ dockerBase?: string; dockerFlags?: string[] }> {
    if (process.env.VAGRANT_DEFAULT_PROVIDER !== "docker") return {};
    const engine = await findEngine();
    if (!engine) return {};
    const dockerBase = await machineImage(engine, await artifacts.baseSystem(activity), activity);
    return { dockerBase, dockerFlags: await findPower(engine, dockerBase) };
  }

  async remove(machines: readonly string[]): Promise<void> {
    await this.#run(["destroy", "--force", ...machines]);
    for (const name of machines) await rm(this.#pinsOf(name), { force: true });
  }

  async destroy(activity: Activity): Promise<string[]> {
    if (!(await this.#exists())) return [];
    const found = await this.find();
    if (found.length > 0) activity.note(`removing ${found.length} machines`);
    await this.#run(["destroy", "--force"]);
    await rm(this.#folder, { recursive: true, force: true });
    return found.map(({ name }) => `Vagrant machine ${name}`);
  }
}
