import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { architectureNamed } from "../../hosts/architecture.ts";
import { assertOurs, type Claim, identityOf, labId } from "../../lab/identity.ts";
import type { Lab } from "../../lab/types.ts";
import { writeJson } from "../../local/json-file.ts";
import { labFolder } from "../../paths.ts";
import { accessOf, type Place } from "../access.ts";
import { type Capacity, leastInContainer, localCapacity } from "../capacity.ts";
import { findEngine } from "../docker/engine.ts";
import { machineImage } from "../docker/image.ts";
import { findPower } from "../docker/machine.ts";
import { keptFor, lackOf, loginsOf, madeFor } from "../machine/logins.ts";
import { type Removal, removeInOrder } from "../machine/removal.ts";
import type { CreateRequest, MachineInfo, Provider } from "../types.ts";
import { containerClaims } from "./claims.ts";
import { settle } from "./cleanup-killed-runs.ts";
import { giveOver } from "./logins.ts";
import { defaultSize, misfitOf, type VagrantMachines, vagrantMachines } from "./machines.ts";
import { isMade, notesOf } from "./notes.ts";
import { type Door, doorsIn, statesIn, type VagrantOptions, vagrant } from "./vagrant.ts";

export async function open(lab: Lab): Promise<Provider> {
  return new VagrantProvider(lab);
}

const attempts = 3;

/** A virtual machine takes the memory that Vagrant gives it; how much disk follows from its box. */
const leastInBox: Capacity["least"] = (machine) => ({ memory: defaultSize(machine).memory, disk: 0 });

const isDocker = (): boolean => process.env.VAGRANT_DEFAULT_PROVIDER === "docker";

/** Vagrant fails if containers come and go while it looks at them. */
const oneByOne = Number.POSITIVE_INFINITY;

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

  async #run(args: readonly string[], options: Omit<VagrantOptions, "env"> = {}): Promise<string> {
    const engine = process.env.DOCKER_HOST === undefined ? await findEngine() : undefined;
    const env = {
      LABWRIGHT_MACHINES: this.#machinesFile,
      VAGRANT_DOTFILE_PATH: this.#folder,
      ...(engine?.docker.socket !== undefined && { DOCKER_HOST: `unix://${engine.docker.socket}` }),
    };
    return vagrant(args, { ...options, env });
  }

  /** The lab's machines as the last `create` described them to Vagrant. */
  #described(): Promise<Partial<VagrantMachines>> {
    return readFile(this.#machinesFile, "utf8").then(JSON.parse, () => ({}));
  }

  /** Writes the file from which Vagrant reads the lab's machines. */
  async #describeMachines(more: { dockerBase?: string; dockerFlags?: string[] } = {}): Promise<void> {
    const known = await this.#described();
    const made = await Promise.all(
      (known.machines ?? []).map(async (one) => ((await isMade(this.#folder, one.name)) ? [one] : [])),
    );
    const { dockerBase, dockerFlags } = { ...known, ...more };
    const description = {
      ...vagrantMachines(this.#lab, made.flat()),
      ...(await identityOf(this.#lab.name)),
      ...(dockerBase !== undefined && { dockerBase }),
      ...(dockerFlags && { dockerFlags }),
    };
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeJson(this.#machinesFile, description);
  }

  async #exists(): Promise<boolean> {
    return readFile(this.#machinesFile).then(
      () => true,
      () => false,
    );
  }

  async list(): Promise<MachineInfo[]> {
    await this.#assertOurs();
    // If Vagrant was never told of the lab, it has no machines of it, and asking it would cost seconds.
    if (!(await this.#exists())) return [];
    const { machines = [] } = await this.#described();
    const states = statesIn(await this.#run(["status", "--machine-readable"]));
    const names = [...states]
      .filter(([, state]) => !["not_created", "host_state_unknown"].includes(state))
      .map(([name]) => name);
    const doors = await this.#doors(names.filter((name) => states.get(name) === "running"));
    const kept = await keptFor(this.#lab);
    const addresses = new Map(machines.map(({ name, address }) => [name, address]));
    const notes = new Map(
      await Promise.all(names.map(async (name) => [name, await notesOf(this.#folder, name)] as const)),
    );
    const placeOf = (name: string): Place => {
      const { host, port } = doors.get(name) ?? { host: addresses.get(name) ?? "", port: 22 };
      const { hostKeys = [] } = notes.get(name) ?? {};
      return { host, port, address: addresses.get(name) ?? "", hostKeys };
    };
    const places = new Map(names.map((name) => [name, placeOf(name)]));
    return names.map((name): MachineInfo => {
      const machine = this.#lab.machines.find((one) => one.name === name);
      const address = addresses.get(name) ?? "";
      const lacks = machine && lackOf(this.#lab, machine, kept, { logins: notes.get(name)?.digest ?? "" });
      const made = machines.find((one) => one.name === name);
      const misfit = machine && misfitOf(machine, made);
      return {
        name,
        running: doors.has(name),
        ...(lacks && { lacks }),
        ...(misfit && { misfit }),
        address,
        access: accessOf(name, { lab: this.#lab, places, ...kept }),
        // Vagrant's private networks are this computer's own: it reaches every port of them.
        reach: (port) => (address === "" ? undefined : `${address}:${port}`),
      };
    });
  }

  capacity(): Promise<Capacity> {
    const least = isDocker() ? leastInContainer : leastInBox;
    return localCapacity({ least });
  }

  /** What Vagrant's state in the lab's folder knows, and with its docker provider what the engine has besides. */
  async claims(): Promise<Claim[]> {
    const { machines = [], id, owner } = await this.#described();
    const made = await Promise.all(
      machines.map(async ({ name }) => ((await isMade(this.#folder, name)) ? [name] : [])),
    );
    const known = made.flat().map((name) => ({ what: `Vagrant machine ${name}`, id, owner }));
    return isDocker() ? [...known, ...(await containerClaims(this.#lab.name))] : known;
  }

  adopt(): Promise<void> {
    return this.#describeMachines();
  }

  async #assertOurs(): Promise<void> {
    assertOurs(this.#lab.name, await labId(this.#lab.name), await this.claims());
  }

  /** Vagrant's own ways into machines that run. */
  async #doors(names: readonly string[]): Promise<Map<string, Door>> {
    return names.length > 0 ? doorsIn(await this.#run(["ssh-config", ...names])) : new Map();
  }

  async create({ machines, artifacts, activity, signal }: CreateRequest): Promise<void> {
    const names = machines.map(({ name }) => name);
    await this.#assertOurs();
    for (const words of await settle(this.#folder)) activity.note(words);
    await this.#describeMachines(await this.#forDocker({ artifacts, activity, signal }));
    await activity.child("machine", `vagrant up ${names.join(" ")}`, async (child, end) => {
      await this.#up(names, child, signal);
      end({ outcome: "changed" });
    });
    const [doors, made] = await Promise.all([this.#doors(names), madeFor(this.#lab)]);
    await Promise.all(
      machines.map(async (machine) => {
        const door = doors.get(machine.name);
        const notes = await notesOf(this.#folder, machine.name);
        const logins = loginsOf(this.#lab, machine, made);
        if (door && !notes.has(logins))
          await giveOver({ name: machine.name, door, notes, logins }, { activity, signal });
      }),
    );
  }

  /**
   * Vagrant's docker provider looks at every container of the engine for ports that are taken, and fails if one comes
   * or goes meanwhile (`read_used_ports` in Vagrant 2.3.4): so one machine after the other there, and again if it did.
   */
  async #up(names: readonly string[], activity: Activity, signal: AbortSignal): Promise<void> {
    const order = isDocker() ? ["--no-parallel"] : [];
    const onLine = (line: string) => activity.note(line.trim());
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#run(["up", "--no-provision", ...order, ...names], { signal, onLine });
        return;
      } catch (error) {
        const isRace = error instanceof LabwrightError && error.code === "vagrant-docker-race";
        if (!isRace || attempt === attempts) throw error;
        activity.note(`${error.message}; trying again`);
      }
    }
  }

  /** If Vagrant uses Docker, its machines have the same base as labwright's own containers. */
  async #forDocker({
    artifacts,
    activity,
    signal,
  }: Pick<CreateRequest, "artifacts" | "activity" | "signal">): Promise<{
    dockerBase?: string;
    dockerFlags?: string[];
  }> {
    if (!isDocker()) return {};
    const engine = await findEngine();
    if (!engine) return {};
    const architecture = architectureNamed(engine.facts.architecture, "the Docker engine");
    const base = await artifacts.baseSystem(architecture, activity);
    const dockerBase = await machineImage(engine, base, { activity, signal, lab: this.#lab });
    return { dockerBase, dockerFlags: await findPower(engine, dockerBase) };
  }

  async remove(machines: readonly string[], activity: Activity, signal?: AbortSignal): Promise<void> {
    await this.#assertOurs();
    await removeInOrder([this.#going(machines)], { activity, signal, rounds: oneByOne });
  }

  #going(names: readonly string[]): Removal[] {
    return names.map((name) => ({
      what: `Vagrant machine ${name}`,
      remove: () => this.#run(["destroy", "--force", name]),
    }));
  }

  async destroy(activity: Activity, signal?: AbortSignal): Promise<string[]> {
    await this.#assertOurs();
    if (!(await this.#exists())) return [];
    for (const words of await settle(this.#folder)) activity.note(words);
    const found = await this.list();
    const removed = await removeInOrder([this.#going(found.map(({ name }) => name))], {
      activity,
      signal,
      rounds: oneByOne,
    });
    // Vagrant may know of more than it lists, such as what a killed run began to make.
    await this.#run(["destroy", "--force"]);
    await rm(this.#folder, { recursive: true, force: true });
    return removed;
  }
}
