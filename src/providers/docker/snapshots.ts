import { randomBytes } from "node:crypto";
import type { Activity } from "../../activity/activity.ts";
import { imagesFolder } from "../../components/runtime/shared-images.ts";
import { LabwrightError } from "../../errors.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { overlaps } from "../../lab/cidr.ts";
import { identityLabels, identityOf } from "../../lab/identity.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { noteLogins } from "../machine/given.ts";
import { givenOf, loginsOf, madeFor } from "../machine/logins.ts";
import { removeInOrder } from "../machine/removal.ts";
import type { RestoreRequest, SnapshotContents, Snapshots } from "../types.ts";
import { type Copy, copiesGoing } from "./copies.ts";
import { label } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { createMachine, powerOf } from "./machine.ts";
import { ensureNetwork } from "./network.ts";
import { type ContainerResource, going, isMachine, ourResources, removeContainer } from "./resources.ts";
import { containerName, specOf, stores } from "./spec.ts";

const imageName = (lab: string, machine: string, snapshot: string): string =>
  `labwright/snapshot-${lab}:${machine}.${snapshot}`;

const volumeName = (lab: string, machine: string, snapshot: string): string =>
  `labwright-${lab}.${machine}.${snapshot}`;

/** Where a container that copies has the snapshot's volume. */
const copyFolder = "/opt/labwright/copy";

/** Copying may take long on a slow disk, and prints nothing. */
const silentWork = { silence: 60 * 60_000 };

/** Snapshots of a lab: of each machine the engine's own commit, and a copy of its volumes, which a commit leaves out. */
export class DockerSnapshots implements Snapshots {
  readonly #lab: Lab;
  readonly #engine: Engine;

  constructor(lab: Lab, engine: Engine) {
    this.#lab = lab;
    this.#engine = engine;
  }

  #ours() {
    return ourResources(this.#engine.docker, this.#lab.name);
  }

  async list(): Promise<ReadonlyMap<string, SnapshotContents>> {
    const copies = (await this.#ours()).copies.filter(({ name }) => name !== undefined);
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
    const format = `{{.Name}} {{index .Labels "${label.maker}"}}`;
    const text = await this.#engine.docker.run(
      sh`volume inspect --format ${format} ${[...new Set(volumes)]}`,
      { accept: "any" },
    );
    return new Map(
      text.split("\n").map((line) => {
        const [name = "", maker = ""] = line.split(" ");
        return [name, maker];
      }),
    );
  }

  async save(name: string, machines: readonly string[], activity: Activity): Promise<void> {
    const { containers } = await this.#ours();
    const labels = {
      ...identityLabels(label, this.#lab.name, await identityOf(this.#lab.name)),
      [label.snapshot]: name,
    };
    await Promise.all(
      containers
        .filter(({ machine }) => machines.includes(machine))
        .map((container) =>
          activity.child(
            "machine",
            `copy ${container.machine}`,
            async (_, end) => {
              await this.#copy(container, name, labels);
              end({ outcome: "changed" });
            },
            { machine: container.machine },
          ),
        ),
    );
  }

  async #copy(
    { engineId, machine, address }: ContainerResource,
    name: string,
    labels: Record<string, string>,
  ): Promise<void> {
    const { docker } = this.#engine;
    const lab = this.#lab.name;
    const mounted = `{{.Image}} {{range .Mounts}}{{if eq .Destination "${imagesFolder}"}}{{.Name}}{{end}}{{end}}`;
    const said = await docker.run(sh`container inspect --format ${mounted} ${engineId}`);
    const [image = "", shared = ""] = said.split(" ");
    const volume = volumeName(lab, machine, name);
    const flags = (more: Record<string, string>) =>
      Object.entries({ ...labels, [label.machine]: machine, ...more });
    const onVolume = flags({ [label.copy]: randomBytes(8).toString("hex") });
    const onImage = flags({ [label.copy]: shared, [label.address]: address });
    await docker.run(
      sh`volume create ${onVolume.flatMap(([key, value]) => ["--label", `${key}=${value}`])} ${volume}`,
    );
    const changes = onImage.flatMap(([key, value]) => ["--change", `LABEL ${key}=${quoted(value)}`]);
    await Promise.all([
      docker.run(sh`commit ${changes} ${engineId} ${imageName(lab, machine, name)}`, silentWork),
      this.#copyVolumes(
        machine,
        image,
        `${volume}:${copyFolder}`,
        sh`
        cp --archive --reflink=auto --parents ${stores} ${copyFolder}`,
      ),
    ]);
  }

  /** Runs a command in a container that has a machine's volumes, and the one that is mounted. */
  async #copyVolumes(machine: string, image: string, mount: string, command: Command): Promise<void> {
    const { docker } = this.#engine;
    const identity = identityLabels(label, this.#lab.name, await identityOf(this.#lab.name));
    // It is the lab's, and not a machine, whatever its image says.
    const labels = { ...identity, [label.machine]: "" };
    const flags = Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
    await docker.run(
      sh`run --rm --network none ${await powerOf(this.#engine, image)} ${flags} --volumes-from ${containerName(this.#lab.name, machine)} --volume ${mount} ${image} sh -c ${command.reveal()}`,
      silentWork,
    );
  }

  async restore(name: string, { machines, activity, signal, begin }: RestoreRequest): Promise<void> {
    const { docker } = this.#engine;
    const lab = this.#lab;
    const { containers, copies } = await this.#ours();
    const images = copies.filter((one) => one.kind === "image" && one.snapshot === name && one.name);
    const labels = identityLabels(label, lab.name, await identityOf(lab.name));
    const [subnet, made] = await Promise.all([ensureNetwork(docker, lab, labels), madeFor(lab)]);
    for (const { machine, address } of images)
      if (!overlaps(subnet, `${address}/32`)) throw elsewhere(name, machine, address, subnet);
    const named = machines.map((machine) => machine.name);
    const old = containers.filter((one) => !isMachine(one) || named.includes(one.machine));
    assertNotInterrupted(signal);
    await begin();
    await removeInOrder([going(docker, old, removeContainer)], { activity, signal });
    const create = async (machine: Machine): Promise<void> => {
      const image = images.find((one) => one.machine === machine.name);
      const { address = "", word: volume = "" } = image ?? {};
      const copy = { name: imageName(lab.name, machine.name, name), volume };
      const logins = loginsOf(lab, machine, made);
      await createMachine(this.#engine, await specOf(lab, machine, { image: copy, address, labels, logins }));
      const mount = `${volumeName(lab.name, machine.name, name)}:${copyFolder}:ro`;
      await this.#copyVolumes(
        machine.name,
        copy.name,
        mount,
        sh`cp --archive --reflink=auto ${copyFolder}/. /`,
      );
      await docker.run(sh`start ${containerName(lab.name, machine.name)}`);
    };
    await Promise.all(
      machines.map((machine) =>
        activity.child(
          "machine",
          `restore ${machine.name}`,
          async (_, end) => {
            assertNotInterrupted(signal);
            await create(machine);
            end({ outcome: "changed" });
          },
          { machine: machine.name },
        ),
      ),
    );
    const given = machines.map((machine) => [machine.name, givenOf(loginsOf(lab, machine, made))]);
    await noteLogins(lab.name, Object.fromEntries(given));
  }

  async remove(names: readonly string[], activity: Activity, signal?: AbortSignal): Promise<string[]> {
    const { docker } = this.#engine;
    const { containers, copies } = await this.#ours();
    const helpers = containers.filter((one) => !isMachine(one));
    const wanted = copies.filter(({ snapshot }) => names.includes(snapshot));
    const [named, others] = [wanted.filter(({ name }) => name), copies.filter(({ name }) => !name)];
    const groups = [going(docker, helpers, removeContainer), copiesGoing(docker, named)];
    const removed = await removeInOrder(groups, { activity, signal });
    await Promise.all(copiesGoing(docker, others).map((one) => one.remove()));
    return removed;
  }
}

/** A value of a Dockerfile's LABEL, which replaces variables. */
const quoted = (value: string): string => JSON.stringify(value).replaceAll("$", "\\$");

const elsewhere = (name: string, machine: string, address: string, subnet: string): LabwrightError =>
  new LabwrightError({
    code: "snapshot-damaged",
    message: `the snapshot ${name} cannot be restored: ${machine} has the address ${address} in it, and the lab's network is ${subnet} now`,
    remedy: "Run `labwright down`, then `labwright up`.",
  });
