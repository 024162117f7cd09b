import type { Activity } from "../../activity/activity.ts";
import { sh } from "../../hosts/sh.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import type { Claim } from "../../lab/identity.ts";
import { setName, setOf } from "../../lab/machine-set.ts";
import type { Size } from "../../lab/sizes.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { accessOf, type Place } from "../access.ts";
import type { Capacity } from "../capacity.ts";
import { changeEach } from "../machine/each.ts";
import { givenLogins, noteLogins } from "../machine/given.ts";
import { withLack, withSize } from "../machine/lack.ts";
import { givenOf, keptFor, lackOf, loginsOf, madeFor } from "../machine/logins.ts";
import { removeInOrder } from "../machine/removal.ts";
import { neverStartedWords } from "../machine/start-failure.ts";
import { assignAddresses, networksLeft } from "../machine/subnet.ts";
import type { CreateRequest, EntranceInfo, MachineInfo, MachineSets, Provider, Snapshots } from "../types.ts";
import { engineCapacity } from "./capacity.ts";
import { copiesGoing } from "./copies.ts";
import { nameTaken } from "./docker.ts";
import { type Engine, requireEngine } from "./engine.ts";
import { assertEntrance, keepEntrance, observeEntrance } from "./entrance.ts";
import { guardLack, keepGuard } from "./guard.ts";
import { ensureImages } from "./image.ts";
import { giveLogins, startMachine } from "./machine.ts";
import { engineSubnets, ensureNetwork } from "./network.ts";
import { placeOfPort } from "./reach.ts";
import {
  adoptResources,
  allOurs,
  type ContainerResource,
  claimsIn,
  going,
  isMachine,
  ourResources,
  ownLabels,
  type Resources,
  removeContainer,
  resourcesOf,
} from "./resources.ts";
import { resume } from "./resume.ts";
import { setGoing, setsOf } from "./sets.ts";
import { assertLimits, isLimited, limitsOf, updateLimits } from "./size.ts";
import { DockerSnapshots } from "./snapshots.ts";
import { containerName, specOf } from "./spec.ts";

export { prerequisites } from "./prerequisites.ts";

export async function open(lab: Lab): Promise<Provider> {
  return new DockerProvider(lab, await requireEngine());
}

/** What `up` does about a container that is neither running nor only stopped, by the engine's word for its state. */
const pending: Record<string, string> = {
  paused: "is paused, and will be unpaused",
  created: neverStartedWords,
};

/** Machines as system containers of a Docker engine. */
class DockerProvider implements Provider {
  readonly snapshots: Snapshots;
  readonly sets: MachineSets;
  readonly #lab: Lab;
  readonly #engine: Engine;
  /** What the engine is asked now; absent: nothing. */
  #asked: Promise<Resources> | undefined;

  constructor(lab: Lab, engine: Engine) {
    this.#lab = lab;
    this.#engine = engine;
    this.snapshots = new DockerSnapshots(lab, engine);
    this.sets = setsOf(lab.name, engine.docker);
  }

  async list(): Promise<MachineInfo[]> {
    const ours = await this.#ours();
    const containers = ours.containers.filter(isMachine);
    if (containers.length === 0) return [];
    const [kept, given, limits] = await Promise.all([
      keptFor(this.#lab),
      givenLogins(setName(this.#lab)),
      this.#limitsOf(containers),
    ]);
    const places = new Map(containers.map((one) => [one.machine, this.#placeOf(one)]));
    const inputs = { lab: this.#lab, places, ...kept };
    const unguarded = guardLack(this.#lab, ours);
    return containers.map(({ engineId, machine: name, state, address }) => {
      const machine = this.#lab.machines.find((one) => one.name === name);
      const logins = machine && lackOf(this.#lab, machine, kept, given[name]);
      const lacks = machine && withLack(withSize(logins, limits.get(engineId) ?? {}, machine), unguarded);
      return {
        name,
        running: state === "running",
        ...(state in pending && { pending: pending[state] }),
        ...(state === "paused" && { paused: true as const }),
        address,
        access: accessOf(name, inputs),
        reach: places.get(name)?.reach ?? (() => undefined),
        ...(lacks && { lacks }),
      };
    });
  }

  /** Only of machines whose size the lab file names: an engine is not asked for what nobody compares. */
  #limitsOf(containers: readonly ContainerResource[]): Promise<Map<string, Size>> {
    const limited = this.#lab.machines.filter(isLimited).map(({ name }) => name);
    const wanted = containers.filter(({ machine }) => limited.includes(machine));
    return limitsOf(
      this.#engine.docker,
      wanted.map(({ engineId }) => engineId),
    );
  }

  capacity(): Promise<Capacity | undefined> {
    return engineCapacity(this.#engine.facts);
  }

  async networksLeft(): Promise<number> {
    return networksLeft(this.#lab, await engineSubnets(this.#engine.docker));
  }

  async preflight(machines: readonly Machine[]): Promise<void> {
    await assertLimits(this.#engine.docker, machines);
    if (this.#lab.entrance) await assertEntrance(this.#engine, this.#lab, await this.#ours());
  }

  async entrance(): Promise<EntranceInfo | undefined> {
    return observeEntrance(this.#engine.docker, this.#lab, await this.#ours());
  }

  async keepEntrance(request: Omit<CreateRequest, "machines">): Promise<void> {
    const resources = await this.#ours();
    await keepEntrance(this.#engine, resources, {
      ...request,
      lab: this.#lab,
      labels: await ownLabels(this.#lab),
    });
  }

  async claims(): Promise<Claim[]> {
    return claimsIn(await resourcesOf(this.#engine.docker, this.#lab.name));
  }

  adopt(id: string): Promise<void> {
    return adoptResources(this.#engine.docker, this.#lab.name, id);
  }

  /** Throws `lab-of-another`. Machines and entrance are looked at together, and asked for once. */
  #ours(): Promise<Resources> {
    this.#asked ??= ourResources(this.#engine.docker, this.#lab).finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  #placeOf({ ports, address, hostKey }: ContainerResource): Place & Pick<MachineInfo, "reach"> {
    const reach = (port: number) => placeOfPort(this.#engine.reach, { address, ports }, port);
    const [host = "", port = ""] = (reach(22) ?? `${address}:22`).split(":");
    return { address, reach, host, port: Number(port), hostKeys: [hostKey] };
  }

  async create({ machines, artifacts, activity, signal }: CreateRequest): Promise<void> {
    const { docker } = this.#engine;
    await this.#ours();
    await this.preflight(machines);
    const labels = await ownLabels(this.#lab);
    const [images, subnet, made] = await Promise.all([
      ensureImages(this.#engine, { lab: this.#lab, artifacts, activity, signal }, machines),
      ensureNetwork(docker, this.#lab, labels),
      madeFor(this.#lab),
    ]);
    // Only now: the network may be new.
    await keepGuard(docker, this.#lab, { ...(await this.#ours()), image: images.plain.name, labels });
    const present = await this.list();
    const had = present.map(({ name, address }): [string, string] => [name, address]);
    const addresses = assignAddresses(subnet, this.#lab.machines, new Map(had));
    const make = async (machine: Machine): Promise<void> => {
      assertNotInterrupted(signal);
      const container = containerName(this.#lab, machine.name);
      const old = present.find((one) => one.name === machine.name);
      const logins = loginsOf(this.#lab, machine, made);
      if (old && (await resume(docker, machine.name, container))) {
        await updateLimits(docker, machine, container);
        return old.lacks ? giveLogins(this.#engine, container, logins) : undefined;
      }
      if (old) await docker.run(sh`${removeContainer} ${container}`);
      else if (await docker.has("container", container)) throw nameTaken("container", container);
      const address = addresses.get(machine.name) ?? "";
      const image = images.of(machine);
      const spec = await specOf(this.#lab, machine, { image, address, labels, logins });
      await startMachine(this.#engine, spec);
    };
    await changeEach(machines, { verb: "create", machineOf: ({ name }) => name, activity }, make);
    const given = machines.map((machine) => [machine.name, givenOf(loginsOf(this.#lab, machine, made))]);
    await noteLogins(setName(this.#lab), Object.fromEntries(given));
  }

  async pause(machines: readonly string[]): Promise<void> {
    const { containers, entrances } = await this.#ours();
    const wanted = containers.filter(({ machine }) => machines.includes(machine));
    const own = entrances.filter(({ set }) => set === setOf(this.#lab));
    const running = [...wanted, ...own].filter(({ state }) => state === "running");
    if (running.length > 0)
      await this.#engine.docker.run(sh`pause ${running.map(({ engineId }) => engineId)}`);
  }

  async remove(machines: readonly string[], activity: Activity, signal?: AbortSignal): Promise<void> {
    const { containers } = await this.#ours();
    const wanted = containers.filter(({ machine }) => machines.includes(machine));
    await removeInOrder([going(this.#engine.docker, wanted, removeContainer)], { activity, signal });
  }

  async destroy(activity: Activity, signal?: AbortSignal): Promise<string[]> {
    const { docker } = this.#engine;
    const all = await allOurs(docker, this.#lab.name);
    const [machines, networks] = setGoing(docker, all);
    return removeInOrder([machines, copiesGoing(docker, all.copies), networks], { activity, signal });
  }
}
