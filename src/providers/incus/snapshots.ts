import { z } from "zod";
import type { Activity } from "../../activity/activity.ts";
import { sh } from "../../hosts/sh.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import type { Lab } from "../../lab/types.ts";
import { changeEach } from "../machine/each.ts";
import { type Removal, removeInOrder } from "../machine/removal.ts";
import type { RestoreRequest, SnapshotContents, Snapshots } from "../types.ts";
import { type Incus, label } from "./incus.ts";
import type { Instance } from "./instance.ts";
import { ourResources } from "./resources.ts";

/** Other snapshots of an instance are somebody's own. */
const prefix = "labwright-";

const schema = z.array(z.object({ name: z.string(), created_at: z.string() }));

interface Copy {
  snapshot: string;
  machine: string;
  instance: Instance;
  created: string;
}

const machineOf = ({ config }: Instance): string => config[label.machine] ?? "";

/** Snapshots of a lab: the server's own of each instance, which go with it. */
export class IncusSnapshots implements Snapshots {
  readonly #lab: Lab;
  readonly #incus: Incus;

  constructor(lab: Lab, incus: Incus) {
    this.#lab = lab;
    this.#incus = incus;
  }

  async #instances(): Promise<Instance[]> {
    const { instances } = await ourResources(this.#incus, this.#lab);
    return instances.filter((one) => machineOf(one) !== "" && !one.silent);
  }

  async #copies(): Promise<Copy[]> {
    const copies = (await this.#instances()).map(async (instance): Promise<Copy[]> => {
      const { name, project } = instance;
      const path = `/1.0/instances/${name}/snapshots?recursion=1&project=${project}`;
      const listed = await this.#incus.query(path, schema);
      return listed
        .filter((one) => one.name.startsWith(prefix))
        .map((one) => ({
          ...{ instance, snapshot: one.name.slice(prefix.length), machine: machineOf(instance) },
          created: one.created_at,
        }));
    });
    return (await Promise.all(copies)).flat();
  }

  async list(): Promise<ReadonlyMap<string, SnapshotContents>> {
    const copies = await this.#copies();
    return new Map(
      [...Map.groupBy(copies, ({ snapshot }) => snapshot)].map(([name, parts]) => [
        name,
        Object.fromEntries(parts.map(({ machine, created }) => [`snapshot of ${machine}`, created])),
      ]),
    );
  }

  async save(name: string, machines: readonly string[], activity: Activity): Promise<void> {
    const wanted = (await this.#instances()).filter((one) => machines.includes(machineOf(one)));
    await changeEach(wanted, { verb: "copy", machineOf, activity }, (instance) =>
      this.#run("create", instance, `${prefix}${name}`),
    );
  }

  async restore(name: string, { machines, activity, signal, begin }: RestoreRequest): Promise<void> {
    const named = machines.map((machine) => machine.name);
    const wanted = (await this.#instances()).filter((one) => named.includes(machineOf(one)));
    const at = (verb: "start" | "stop --force", { project, name: instance }: Instance) =>
      this.#incus.run(sh`${verb.split(" ")} --project ${project} ${this.#incus.at(instance)}`);
    assertNotInterrupted(signal);
    await begin();
    // All of them first: none may see what another one was before.
    await changeEach(wanted, { verb: "stop", machineOf, activity }, async (instance) => {
      assertNotInterrupted(signal);
      if (instance.status !== "Stopped") await at("stop --force", instance);
    });
    await changeEach(wanted, { verb: "restore", machineOf, activity }, async (instance) => {
      assertNotInterrupted(signal);
      await this.#run("restore", instance, `${prefix}${name}`);
      await at("start", instance);
    });
  }

  async remove(names: readonly string[], activity: Activity, signal?: AbortSignal): Promise<string[]> {
    const all = await this.removals();
    return removeInOrder([all.filter(({ snapshot }) => names.includes(snapshot))], { activity, signal });
  }

  /** The removals of all snapshots. */
  async removals(): Promise<(Removal & { snapshot: string })[]> {
    return (await this.#copies()).map(({ snapshot, machine, instance }) => ({
      snapshot,
      what: `snapshot ${snapshot} (of ${machine})`,
      remove: () => this.#run("delete", instance, `${prefix}${snapshot}`),
    }));
  }

  #run(verb: string, { project, name }: Instance, snapshot: string): Promise<string> {
    return this.#incus.run(sh`snapshot ${verb} --project ${project} ${this.#incus.at(name)} ${snapshot}`);
  }
}
