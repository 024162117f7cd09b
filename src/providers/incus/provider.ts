import { z } from "zod";
import type { Activity } from "../../activity/activity.ts";
import { sh } from "../../hosts/sh.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { type Claim, identityOf, labOwner } from "../../lab/identity.ts";
import { setLabels, setName, setOf } from "../../lab/machine-set.ts";
import type { Lab } from "../../lab/types.ts";
import { accessOf, type Place } from "../access.ts";
import type { Capacity } from "../capacity.ts";
import { changeEach } from "../machine/each.ts";
import { givenLogins, noteLogins } from "../machine/given.ts";
import { isolationLack, withLack, withSize } from "../machine/lack.ts";
import { givenOf, keptFor, lackOf, loginsOf, madeFor } from "../machine/logins.ts";
import { removeInOrder } from "../machine/removal.ts";
import { neverStartedWords } from "../machine/start-failure.ts";
import { assignAddresses, networksLeft } from "../machine/subnet.ts";
import type { CreateRequest, MachineInfo, MachineSets, Provider } from "../types.ts";
import { capacityOf } from "./capacity.ts";
import { type Engine, requireIncus } from "./engine.ts";
import { ensureImages } from "./image.ts";
import { type Incus, label } from "./incus.ts";
import { type Instance, neverStarted } from "./instance.ts";
import { listInstances } from "./listed.ts";
import { ensureMachine } from "./machine.ts";
import { assertCarried, byLoad, memberFor } from "./members.ts";
import { instanceName } from "./names.ts";
import { ensureNetwork, serverSubnets } from "./network.ts";
import { ensurePool } from "./pool.ts";
import { wayTo } from "./ports.ts";
import { ensureProject } from "./project.ts";
import { forgetRules, instanceRemovals, removalsOf } from "./removals.ts";
import { assertCarries } from "./requirements.ts";
import {
  adoptResources,
  allOurs,
  claimsIn,
  ourResources,
  type Resources,
  resourcesOf,
  setOfResource,
} from "./resources.ts";
import { setsOf } from "./sets.ts";
import { assertQuota, sizeOf } from "./size.ts";
import { IncusSnapshots } from "./snapshots.ts";

export { prerequisites } from "./prerequisites.ts";

export async function open(lab: Lab): Promise<Provider> {
  const engine = await requireIncus(lab.incus?.remote);
  assertCarries(engine, lab);
  return new IncusProvider(lab, engine);
}

const portsSchema = z.record(z.string(), z.number());

const nameOf = ({ config }: Instance): string => config[label.machine] ?? "";

/** A member that is offline does not report whether an instance runs or ever did. */
const pendingOf = (instance: Instance): Pick<MachineInfo, "pending" | "paused"> =>
  instance.silent
    ? {}
    : neverStarted(instance)
      ? { pending: neverStartedWords }
      : instance.status === "Frozen"
        ? { pending: "is paused, and will be resumed", paused: true }
        : {};

/** Machines as system containers of an Incus server. */
class IncusProvider implements Provider {
  readonly snapshots: IncusSnapshots;
  readonly sets: MachineSets;
  readonly #lab: Lab;
  readonly #engine: Engine;
  readonly #incus: Incus;

  constructor(lab: Lab, engine: Engine) {
    this.#lab = lab;
    this.#engine = engine;
    this.#incus = engine.incus;
    this.snapshots = new IncusSnapshots(lab, engine.incus);
    this.sets = setsOf(engine, lab);
  }

  async list(): Promise<MachineInfo[]> {
    const { instances, networks } = await this.#ours();
    const machines = instances.filter(({ config }) => config[label.machine] !== undefined);
    if (machines.length === 0) return [];
    const [kept, given] = await Promise.all([keptFor(this.#lab), givenLogins(setName(this.#lab))]);
    const places = new Map(machines.map((instance) => [nameOf(instance), this.#placeOf(instance)]));
    const inputs = { lab: this.#lab, places, ...kept };
    const unguarded = isolationLack(
      this.#lab,
      networks.some(({ isolated }) => isolated),
    );
    return machines.map((instance) => {
      const { address, reach } = this.#placeOf(instance);
      const name = nameOf(instance);
      const machine = this.#lab.machines.find((one) => one.name === name);
      const lacks =
        machine && !instance.silent
          ? withLack(
              withSize(lackOf(this.#lab, machine, kept, given[name]), sizeOf(instance), machine),
              unguarded,
            )
          : undefined;
      return {
        name,
        running: instance.status === "Running",
        ...pendingOf(instance),
        address,
        access: accessOf(name, inputs),
        reach,
        ...(lacks && { lacks }),
      };
    });
  }

  capacity(): Promise<Capacity> {
    return capacityOf(this.#engine);
  }

  async networksLeft(): Promise<number> {
    return networksLeft(this.#lab, await serverSubnets(this.#engine));
  }

  async claims(): Promise<Claim[]> {
    return claimsIn(await resourcesOf(this.#incus, this.#lab));
  }

  adopt(id: string): Promise<void> {
    return adoptResources(this.#incus, this.#lab, { id, owner: labOwner(this.#lab.name) });
  }

  /** Throws `lab-of-another`. */
  #ours(): Promise<Resources> {
    return ourResources(this.#incus, this.#lab);
  }

  #placeOf({ config, location }: Instance): Place & Pick<MachineInfo, "reach"> {
    const address = config[label.address] ?? "";
    const ports = portsSchema.parse(JSON.parse(config[label.ports] ?? "{}"));
    const server = this.#engine.members.find(({ name }) => name === location)?.address;
    const reach = (port: number) => wayTo(port, { address, server, ports });
    const [host = address, port = "22"] = (reach(22) ?? "").split(":");
    return { host, port: Number(port), address, hostKeys: [config[label.hostKey] ?? ""], reach };
  }

  async create({ machines, artifacts, activity, signal }: CreateRequest): Promise<void> {
    const incus = this.#incus;
    const lab = this.#lab;
    await this.#ours();
    const identity = await identityOf(lab.name);
    const labels = setLabels(label, lab, identity);
    const [pool, network] = await Promise.all([
      ensurePool(this.#engine, activity.note),
      ensureNetwork(this.#engine, lab, identity),
    ]);
    await assertQuota(incus, lab, pool);
    const { subnet } = network;
    const project = await ensureProject(incus, lab, { network: network.name, pool, labels });
    const [imageOf, made] = await Promise.all([
      ensureImages(this.#engine, { project, subnet, labels }, { lab, artifacts, activity, signal }, machines),
      madeFor(lab),
    ]);
    // Listed only now: an image takes minutes, in which much may change.
    const everywhere = await listInstances(incus, lab);
    const present = everywhere.filter((one) => one.project === project);
    const members = byLoad(
      this.#engine.members,
      everywhere.filter((one) => one.project !== project),
    );
    const lacking = (await this.list()).filter(({ lacks }) => lacks).map(({ name }) => name);
    const existing = present.filter(({ config }) => config[label.id] === identity.id);
    const had = existing.map((one): [string, string] => [nameOf(one), one.config[label.address] ?? ""]);
    const addresses = assignAddresses(subnet, lab.machines, new Map(had));
    await changeEach(
      machines,
      { verb: "create", machineOf: ({ name }) => name, activity },
      async (machine) => {
        assertNotInterrupted(signal);
        const place = { project, name: instanceName(machine.name) };
        const address = addresses.get(machine.name) ?? "";
        const member = memberFor(members, lab.machines.indexOf(machine));
        const old = present.find((one) => one.name === place.name);
        const logins = loginsOf(lab, machine, made);
        const lacks = lacking.includes(machine.name);
        await ensureMachine(
          this.#engine,
          {
            ...{ ...place, member, lab, machine, image: imageOf(machine), pool, address, subnet },
            ...{ labels, logins, lacks },
          },
          old,
        );
      },
    );
    const given = machines.map((machine) => [machine.name, givenOf(loginsOf(lab, machine, made))]);
    await noteLogins(setName(lab), Object.fromEntries(given));
  }

  async pause(machines: readonly string[]): Promise<void> {
    const { instances } = await this.#ours();
    const wanted = instances.filter((one) => machines.includes(nameOf(one)) && one.status === "Running");
    await Promise.all(
      wanted.map((one) => this.#incus.run(sh`pause --project ${one.project} ${this.#incus.at(one.name)}`)),
    );
  }

  async remove(machines: readonly string[], activity: Activity, signal?: AbortSignal): Promise<void> {
    const { instances } = await this.#ours();
    const wanted = instances.filter(({ config }) => machines.includes(config[label.machine] ?? ""));
    for (const one of wanted)
      assertCarried(this.#engine.members, one, `cannot remove the machine ${nameOf(one)}`);
    await removeInOrder([instanceRemovals(this.#incus, wanted)], { activity, signal });
  }

  async destroy(activity: Activity, signal?: AbortSignal): Promise<string[]> {
    const all = await allOurs(this.#incus, this.#lab);
    const removals = removalsOf(this.#engine, this.#lab, all, "cannot remove the lab");
    const sets = [...all.instances, ...all.projects].map(setOfResource);
    const removed = await removeInOrder([await this.snapshots.removals(), ...removals], { activity, signal });
    await forgetRules(this.#engine, this.#lab, { sets: [setOf(this.#lab), ...sets], networks: all.networks });
    return removed;
  }
}
