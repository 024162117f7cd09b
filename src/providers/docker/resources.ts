import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Command, sh } from "../../hosts/sh.ts";
import { assertOurs, type Claim, identityOf, labId } from "../../lab/identity.ts";
import { firstSet, type MachineSet, setLabels, setOf } from "../../lab/machine-set.ts";
import { writeJson } from "../../local/json-file.ts";
import { labFolder } from "../../paths.ts";
import { type PortRecord, portRecordIn } from "../entrance-ports.ts";
import type { Removal } from "../machine/removal.ts";
import { type Copy, copiesOf } from "./copies.ts";
import { type Docker, label } from "./docker.ts";

/** An engine's resources under a lab's name. */
export interface Resources {
  /** Machines, and containers that copy what machines have. */
  containers: ContainerResource[];
  entrances: EntranceResource[];
  guards: GuardResource[];
  networks: Resource[];
  /** What snapshots have. */
  copies: Copy[];
}

export interface Resource {
  /** The engine's own id. */
  engineId: string;
  name: string;
  /** The set of machines that it belongs to. */
  set: string;
  /** The owner in its labels, or in our note of its adoption. */
  claim: Claim;
}

export interface ContainerResource extends Resource {
  machine: string;
  state: string;
  ports: string;
  address: string;
  hostKey: string;
}

/** The container that keeps an isolated lab's machines from the engine's computer. */
export interface GuardResource extends Resource {
  state: string;
  /** The bridge of the network that it guards. */
  bridge: string;
}

/** The container that is the lab's entrance. */
export interface EntranceResource extends Resource {
  state: string;
  /** What it was created with: its address, its ports, and the set that it leads to. */
  made: string;
  record: PortRecord | undefined;
}

/** A `--format` of these fields, and then the owner: its id and text, empty if there is none. */
export const fieldsAndOwner = (names: readonly string[]): string =>
  [...names, ...[label.id, label.owner].map((name) => `{{.Label "${name}"}}`)].join("\t");

/** Everything that the engine has under the lab's name, with any owner. Changes nothing. */
export async function resourcesOf(docker: Docker, lab: string): Promise<Resources> {
  const filter = `label=${label.lab}=${lab}`;
  const labelled = (name: string): string => `{{.Label "${name}"}}`;
  const more = [label.machine, label.address, label.hostKey].map(labelled);
  const fields = fieldsAndOwner(["{{.ID}}", "{{.Names}}", "{{.State}}", "{{.Ports}}", ...more]);
  const [rows, networks, adopted, copies] = await Promise.all([
    docker.list(
      sh`ps --all --no-trunc --filter ${filter} --format ${[fields, ...[label.set, label.entrance, label.guard].map(labelled)].join("\t")}`,
    ),
    docker.list(
      sh`network ls --no-trunc --filter ${filter} --format ${`${fieldsAndOwner(["{{.ID}}", "{{.Name}}"])}\t${labelled(label.set)}`}`,
    ),
    adoptedBy(lab),
    copiesOf(docker, lab),
  ]);
  const resourceOf = (kind: string, engineId: string, name: string, rest: readonly string[]): Resource => {
    const [id, owner, set] = rest;
    const claim = { what: `${kind} ${name}`, id: id || adopted.get(engineId), owner: owner || undefined };
    return { engineId, name, set: set || firstSet, claim };
  };
  const containers = rows.map((row) => {
    const [engineId = "", name = "", state = "", ports = "", machine = "", address = "", ...rest] =
      row.split("\t");
    const [hostKey = "", ...last] = rest;
    const resource = resourceOf("container", engineId, name, last);
    const [, , , made = "", guard = ""] = last;
    return { ...resource, machine, state, ports, address, hostKey, made, guard };
  });
  return {
    containers: containers
      .filter(({ made, guard }) => made === "" && guard === "")
      .map(({ made, guard, ...machine }) => machine),
    guards: containers
      .filter(({ guard }) => guard !== "")
      .map(({ engineId, name, set, claim, state, guard: bridge }) => ({
        ...{ engineId, name, set, claim, state, bridge },
      })),
    entrances: containers
      .filter(({ made }) => made !== "")
      .map(({ engineId, name, set, claim, state, made }) => ({
        ...{ engineId, name, set, claim, state, made },
        record: portRecordIn(made),
      })),
    networks: networks.map((row) => {
      const [engineId = "", name = "", ...rest] = row.split("\t");
      return resourceOf("network", engineId, name, rest);
    }),
    copies,
  };
}

const allIn = ({
  containers,
  entrances,
  guards,
  networks,
  copies,
}: Resources): Pick<Resource, "claim" | "engineId">[] => [
  ...containers,
  ...entrances,
  ...guards,
  ...networks,
  ...copies,
];

export const claimsIn = (resources: Resources): Claim[] => allIn(resources).map(({ claim }) => claim);

/** The labels of everything that is made for a set of a lab's machines. */
export const ownLabels = async (one: MachineSet): Promise<Record<string, string>> =>
  setLabels(label, one, await identityOf(one.name));

/** Whether a container is a machine; the others copy what machines have, and end by themselves. */
export const isMachine = ({ machine }: Pick<ContainerResource, "machine">): boolean => machine !== "";

export const removeContainer = sh`rm --force --volumes`;

/** The removals of resources by a command of the engine. */
export const going = (docker: Docker, resources: readonly Resource[], command: Command): Removal[] =>
  resources.map(({ claim, engineId }) => ({
    what: claim.what,
    remove: () => docker.run(sh`${command} ${engineId}`),
  }));

/** The same, if all of it is the lab's. Throws `lab-of-another`. */
export async function allOurs(docker: Docker, lab: string): Promise<Resources> {
  const [resources, id] = await Promise.all([resourcesOf(docker, lab), labId(lab)]);
  assertOurs(lab, id, claimsIn(resources));
  return resources;
}

/** What belongs to one set of the lab's machines, and the snapshots. Throws `lab-of-another` if something is not the lab's. */
export async function ourResources(docker: Docker, set: MachineSet): Promise<Resources> {
  return ofSet(await allOurs(docker, set.name), set);
}

/** The lab's only entrance is a part of whatever set asks for it. */
const ofSet = (all: Resources, one: MachineSet): Resources => ({
  ...all,
  containers: all.containers.filter(({ set }) => set === setOf(one)),
  guards: all.guards.filter(({ set }) => set === setOf(one)),
  networks: all.networks.filter(({ set }) => set === setOf(one)),
});

const schema = z.record(z.string(), z.string());
const fileOf = (lab: string): string => join(labFolder(lab), "adopted.json");

/** Resources without a label that were adopted: the engine's id → the lab's id. Docker cannot change a label. */
async function adoptedBy(lab: string): Promise<Map<string, string>> {
  const text = await readFile(fileOf(lab), "utf8").catch(() => "{}");
  try {
    return new Map(Object.entries(schema.parse(JSON.parse(text))));
  } catch {
    return new Map();
  }
}

/** Records that everything under the lab's name without an id is the lab's with this id. */
export async function adoptResources(docker: Docker, lab: string, id: string): Promise<void> {
  const bare = allIn(await resourcesOf(docker, lab)).filter(({ claim }) => claim.id === undefined);
  if (bare.length === 0) return;
  const all = {
    ...Object.fromEntries(await adoptedBy(lab)),
    ...Object.fromEntries(bare.map(({ engineId }) => [engineId, id])),
  };
  await writeJson(fileOf(lab), all);
}
