import { z } from "zod";
import type { Activity } from "../../engine/activity.ts";
import { sh } from "../../hosts/sh.ts";
import type { Lab } from "../../lab/types.ts";
import { accessOf, type Place } from "../access.ts";
import { type Credentials, labCredentials, loginPasswordsIn } from "../credentials.ts";
import { type KeyPair, labKey } from "../keys.ts";
import { neverStartedWords } from "../shared/start-failure.ts";
import { assignAddresses } from "../shared/subnet.ts";
import type { Found, Making, Provider } from "../types.ts";
import { assertCarries } from "./carries.ts";
import { forgetDocker } from "./docker-rules.ts";
import { type Engine, requireIncus } from "./engine.ts";
import { ensureImage } from "./image.ts";
import { type Incus, label } from "./incus.ts";
import { type Instance, neverStarted, removeInstance } from "./instance.ts";
import { listInstances } from "./listed.ts";
import { ensureMachine, givePasswords } from "./machine.ts";
import { assertAnswer, assertCarried, memberFor } from "./members.ts";
import { instanceName, networkName } from "./names.ts";
import { ensureNetwork, networksOf, removeNetwork } from "./network.ts";
import { ensurePool } from "./pool.ts";
import { wayTo } from "./ports.ts";
import { ensureProject, projectsOf } from "./project.ts";

export { ground } from "./ground.ts";

export async function open(lab: Lab): Promise<Provider> {
  const engine = await requireIncus(lab.incus?.remote);
  assertCarries(engine, lab);
  return new IncusProvider(lab, engine);
}

const portsSchema = z.record(z.string(), z.number());

const nameOf = ({ config }: Instance): string => config[label.machine] ?? "";

/** A member that is offline says neither whether an instance runs nor whether it ever did. */
const pendingOf = (instance: Instance): Pick<Found, "pending"> =>
  instance.silent
    ? {}
    : neverStarted(instance)
      ? { pending: neverStartedWords }
      : instance.status === "Frozen"
        ? { pending: "is paused, and will be resumed" }
        : {};

/** Machines as system containers of an Incus server. */
class IncusProvider implements Provider {
  readonly #lab: Lab;
  readonly #engine: Engine;
  readonly #incus: Incus;

  constructor(lab: Lab, engine: Engine) {
    this.#lab = lab;
    this.#engine = engine;
    this.#incus = engine.incus;
  }

  /** All instances of the lab's, also the one that an image is made of. */
  async #mine(): Promise<Instance[]> {
    const all = await listInstances(this.#incus, this.#lab);
    return all.filter(({ config }) => config[label.lab] === this.#lab.name);
  }

  async find(): Promise<Found[]> {
    const machines = (await this.#mine()).filter(({ config }) => config[label.machine] !== undefined);
    if (machines.length === 0) return [];
    const key = await labKey(this.#lab.name);
    if (key.fresh) await this.#authorize(machines, key);
    const credentials = await this.#credentials(machines);
    const places = new Map(machines.map((instance) => [nameOf(instance), this.#placeOf(instance)]));
    const keeping = { lab: this.#lab, places, privateKey: key.privateKey, credentials };
    return machines.map((instance) => {
      const { address, reach } = this.#placeOf(instance);
      return {
        name: nameOf(instance),
        running: instance.status === "Running",
        ...pendingOf(instance),
        address,
        access: accessOf(nameOf(instance), keeping),
        reach,
      };
    });
  }

  #placeOf({ config, location }: Instance): Place & Pick<Found, "reach"> {
    const address = config[label.address] ?? "";
    const ports = portsSchema.parse(JSON.parse(config[label.ports] ?? "{}"));
    const server = this.#engine.members.find(({ name }) => name === location)?.address;
    const reach = (port: number) => wayTo(port, { address, server, ports });
    const [host = address, port = "22"] = (reach(22) ?? "").split(":");
    return { host, port: Number(port), address, hostKeys: [config[label.hostKey] ?? ""], reach };
  }

  /** Passwords that are new since a machine was made go to it through the server, as a lost key does. */
  #credentials(machines: readonly Instance[]): Promise<Credentials> {
    return labCredentials(this.#lab, async (machine, passwords) => {
      const instance = machines.find((one) => nameOf(one) === machine);
      if (instance) await givePasswords(this.#incus, instance, passwords);
    });
  }

  /** A key that was lost is replaced through the server, which needs no key. */
  async #authorize(machines: readonly Instance[], { publicKey }: KeyPair): Promise<void> {
    const script =
      'for home in /root /home/*; do [ -d "$home/.ssh" ] && printf "%s\\n" "$1" >"$home/.ssh/authorized_keys"; done; true';
    const running = machines.filter(({ status }) => status === "Running");
    await Promise.all(
      running.map(({ project, name }) =>
        this.#incus.run(
          sh`exec --project ${project} ${this.#incus.at(name)} -- sh -c ${script} sh ${publicKey}`,
        ),
      ),
    );
  }

  async create({ machines, artifacts, activity, signal }: Making): Promise<void> {
    const incus = this.#incus;
    const lab = this.#lab;
    const [pool, network] = await Promise.all([
      ensurePool(this.#engine, activity.note),
      ensureNetwork(this.#engine, lab),
    ]);
    const { subnet } = network;
    const project = await ensureProject(incus, lab.name, { network: network.name, pool });
    const [image, key] = await Promise.all([
      ensureImage(this.#engine, { project, subnet }, { lab, artifacts, activity, signal }),
      labKey(lab.name),
    ]);
    // Only now: an image takes minutes, in which much may change.
    const present = await listInstances(incus, lab);
    const existing = present.filter(({ config }) => config[label.lab] === lab.name);
    const credentials = await this.#credentials(existing);
    const had = existing.map((one): [string, string] => [nameOf(one), one.config[label.address] ?? ""]);
    const addresses = assignAddresses(subnet, lab.machines, new Map(had));
    await Promise.all(
      machines.map((machine) =>
        activity.child(
          "machine",
          `create ${machine.name}`,
          async (_, end) => {
            const place = { project, name: instanceName(machine.name) };
            const address = addresses.get(machine.name) ?? "";
            const member = memberFor(this.#engine.members, lab.machines.indexOf(machine));
            const old = present.find((one) => one.project === project && one.name === place.name);
            const authorizedKey = key.publicKey;
            const passwords = loginPasswordsIn(credentials, lab, machine);
            await ensureMachine(
              this.#engine,
              { ...place, member, lab, machine, image, address, subnet, authorizedKey, passwords },
              old,
            );
            end({ outcome: "changed" });
          },
          { machine: machine.name },
        ),
      ),
    );
  }

  async remove(machines: readonly string[]): Promise<void> {
    const mine = await this.#mine();
    const wanted = mine.filter(({ config }) => machines.includes(config[label.machine] ?? ""));
    for (const one of wanted)
      assertCarried(this.#engine.members, one, `the machine ${nameOf(one)} cannot be taken away`);
    await Promise.all(wanted.map((instance) => removeInstance(this.#incus, instance)));
  }

  async destroy(activity: Activity): Promise<string[]> {
    const incus = this.#incus;
    const { name } = this.#lab;
    const [instances, networks] = await Promise.all([this.#mine(), networksOf(incus, name)]);
    if (networks.length > 0) assertAnswer(this.#engine.members, "the lab cannot be taken away");
    for (const one of instances)
      if (one.silent) assertCarried(this.#engine.members, one, "the lab cannot be taken away");
    if (instances.length > 0) activity.note(`removing ${instances.length} instances`);
    await Promise.all(instances.map((instance) => removeInstance(incus, instance)));
    const projects = await projectsOf(incus, name);
    for (const project of projects) await incus.run(sh`project delete ${incus.at(project)}`);
    for (const network of networks) await removeNetwork(incus, network);
    if (incus.remote === undefined) await forgetDocker(networkName(name));
    return [
      ...instances.map((instance) => `instance ${instance.name}`),
      ...projects.map((project) => `project ${project}`),
      ...networks.map((network) => `network ${network.name}`),
    ];
  }
}
