import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { overlaps } from "../../lab/cidr.ts";
import { setName } from "../../lab/machine-set.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { changeEach } from "../machine/each.ts";
import { noteLogins } from "../machine/given.ts";
import { givenOf, loginsOf, madeFor } from "../machine/logins.ts";
import { removeInOrder } from "../machine/removal.ts";
import type { ImportRequest, RestoreRequest, SnapshotContents, SnapshotExport, Snapshots } from "../types.ts";
import { type Copy, copiesGoing, isShared, unneeded } from "./copies.ts";
import { assertFree, copyImage, copyMachine, fillVolumes } from "./copy-machine.ts";
import type { Engine } from "./engine.ts";
import { keepGuard } from "./guard.ts";
import { createMachine } from "./machine.ts";
import { ensureNetwork } from "./network.ts";
import { going, isMachine, ourResources, ownLabels, removeContainer } from "./resources.ts";
import { sharedVolumes } from "./shared-volumes.ts";
import { exportSnapshot } from "./snapshot-export.ts";
import { prepareImport } from "./snapshot-import.ts";
import { containerName, specOf } from "./spec.ts";

/** Snapshots of a lab: of each machine the engine's own commit, and a copy of its volumes, which a commit leaves out. */
export class DockerSnapshots implements Snapshots {
  readonly #lab: Lab;
  readonly #engine: Engine;

  constructor(lab: Lab, engine: Engine) {
    this.#lab = lab;
    this.#engine = engine;
  }

  #ours() {
    return ourResources(this.#engine.docker, this.#lab);
  }

  async list(): Promise<ReadonlyMap<string, SnapshotContents>> {
    const copies = (await this.#ours()).copies.filter((one) => one.name !== undefined && !isShared(one));
    const shared = await this.#makers(copies.flatMap(({ kind, word }) => (kind === "image" ? [word] : [])));
    const contents = ({ kind, engineId, machine, word }: Copy): [string, string][] => {
      if (kind === "volume") return [[`volume of ${machine}`, word]];
      const maker = shared.get(word);
      return [
        [`image of ${machine}`, engineId],
        ...(maker === undefined ? [] : [[`volume ${word}`, maker] as [string, string]]),
      ];
    };
    return new Map(
      [...Map.groupBy(copies, ({ snapshot }) => snapshot)].map(([name, parts]) => [
        name,
        Object.fromEntries(parts.flatMap(contents)),
      ]),
    );
  }

  /** The processes that have made volumes of shared images: another of the same name is another one. */
  async #makers(volumes: readonly string[]): Promise<Map<string, string>> {
    if (volumes.length === 0) return new Map();
    const shared = await sharedVolumes(this.#engine.docker, volumes);
    return new Map(shared.map(({ name, maker, copyOf }) => [name, maker || copyOf]));
  }

  async save(name: string, machines: readonly string[], activity: Activity): Promise<void> {
    const { containers } = await this.#ours();
    const copying = { engine: this.#engine, lab: this.#lab, snapshot: name };
    const wanted = containers.filter(({ machine }) => machines.includes(machine));
    for (const { machine } of wanted) await assertFree(copying, machine);
    await changeEach(wanted, { verb: "copy", machineOf: ({ machine }) => machine, activity }, (container) =>
      copyMachine(copying, container),
    );
  }

  async restore(name: string, { machines, activity, signal, begin }: RestoreRequest): Promise<void> {
    const { docker } = this.#engine;
    const lab = this.#lab;
    const { containers, copies } = await this.#ours();
    const images = copies.filter((one) => one.kind === "image" && one.snapshot === name && one.name);
    const labels = await ownLabels(lab);
    const [subnet, made] = await Promise.all([ensureNetwork(docker, lab, labels), madeFor(lab)]);
    for (const { machine, address } of images)
      if (!overlaps(subnet, `${address}/32`)) throw elsewhere(name, machine, address, subnet);
    const copying = { engine: this.#engine, lab, snapshot: name };
    const named = machines.map((machine) => machine.name);
    const old = containers.filter((one) => !isMachine(one) || named.includes(one.machine));
    assertNotInterrupted(signal);
    await begin();
    await removeInOrder([going(docker, old, removeContainer)], { activity, signal });
    const [first] = images;
    if (first)
      await keepGuard(docker, lab, {
        ...(await this.#ours()),
        ...{ image: copyImage(copying, first.machine), labels },
      });
    const create = async (machine: Machine): Promise<void> => {
      assertNotInterrupted(signal);
      const image = images.find((one) => one.machine === machine.name);
      const { address = "", word: volume = "" } = image ?? {};
      const copy = { name: copyImage(copying, machine.name), volume };
      const logins = loginsOf(lab, machine, made);
      await createMachine(this.#engine, await specOf(lab, machine, { image: copy, address, labels, logins }));
      await fillVolumes(copying, machine.name);
      await docker.run(sh`start ${containerName(lab, machine.name)}`);
    };
    await changeEach(machines, { verb: "restore", machineOf: ({ name }) => name, activity }, create);
    const given = machines.map((machine) => [machine.name, givenOf(loginsOf(lab, machine, made))]);
    await noteLogins(setName(lab), Object.fromEntries(given));
  }

  async export(name: string, signal: AbortSignal): Promise<SnapshotExport> {
    const { copies } = await this.#ours();
    const copying = { engine: this.#engine, lab: this.#lab, snapshot: name };
    return exportSnapshot(copying, copies, signal);
  }

  async import(name: string, about: unknown): Promise<(request: ImportRequest) => Promise<void>> {
    // Throws `lab-of-another`.
    await this.#ours();
    const copying = { engine: this.#engine, lab: this.#lab, snapshot: name };
    return prepareImport(copying, this.#lab.machines, about);
  }

  async remove(names: readonly string[], activity: Activity, signal?: AbortSignal): Promise<string[]> {
    const { docker } = this.#engine;
    const { containers, copies } = await this.#ours();
    const helpers = containers.filter((one) => !isMachine(one));
    const wanted = copies.filter(({ snapshot }) => names.includes(snapshot));
    const named = wanted.filter(({ name }) => name);
    const others = unneeded(
      copies,
      copies.filter((one) => !wanted.includes(one)),
    );
    const groups = [going(docker, helpers, removeContainer), copiesGoing(docker, named)];
    const removed = await removeInOrder(groups, { activity, signal });
    // The engine keeps those that machines use.
    await Promise.allSettled(copiesGoing(docker, others).map((one) => one.remove()));
    return removed;
  }
}

const elsewhere = (name: string, machine: string, address: string, subnet: string): LabwrightError =>
  new LabwrightError({
    code: "snapshot-damaged",
    message: `the snapshot ${name} cannot be restored: ${machine} has the address ${address} in it, and the lab's network is ${subnet} now`,
    remedy: "Run `labwright down`, then `labwright up`.",
  });
