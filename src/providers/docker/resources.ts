import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Command, sh } from "../../hosts/sh.ts";
import { assertOurs, type Claim, identityLabels, identityOf, labId } from "../../lab/identity.ts";
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
  networks: Resource[];
  /** What snapshots have. */
  copies: Copy[];
}

export interface Resource {
  /** The engine's own id. */
  engineId: string;
  name: string;
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

/** The container that is the lab's entrance. */
export interface EntranceResource extends Resource {
  state: string;
  /** What it was created with: its address and its ports. */
  made: string;
  record: PortRecord | undefined;
}

/** A `--format` of these fields, and then the owner: its id and text, empty if there is none. */
export const fieldsAndOwner = (names: readonly string[]): string =>
  [...names, ...[label.id, label.owner].map((name) => `{{.Label "${name}"}}`)].join("\t");

/** Everything that the engine has under the lab's name, with any owner. Changes nothing. */
export async function resourcesOf(docker: Docker, lab: string): Promise<Resources> {
  const filter = `label=${label.lab}=${lab}`;
  const more = [label.machine, label.address, label.hostKey].map((name) => `{{.Label "${name}"}}`);
  const fields = fieldsAndOwner(["{{.ID}}", "{{.Names}}", "{{.State}}", "{{.Ports}}", ...more]);
  const [rows, networks, adopted, copies] = await Promise.all([
    docker.list(
      sh`ps --all --no-trunc --filter ${filter} --format ${`${fields}\t{{.Label "${label.entrance}"}}`}`,
    ),
    docker.list(
      sh`network ls --no-trunc --filter ${filter} --format ${fieldsAndOwner(["{{.ID}}", "{{.Name}}"])}`,
    ),
    adoptedBy(lab),
    copiesOf(docker, lab),
  ]);
  const resourceOf = (kind: string, engineId: string, name: string, id: string, owner: string): Resource => {
    const claim = { what: `${kind} ${name}`, id: id || adopted.get(engineId), owner: owner || undefined };
    return { engineId, name, claim };
  };
  const containers = rows.map((row) => {
    const [engineId = "", name = "", state = "", ports = "", machine = "", address = "", ...rest] =
      row.split("\t");
    const [hostKey = "", id = "", owner = "", made = ""] = rest;
    const resource = resourceOf("container", engineId, name, id, owner);
    return { ...resource, machine, state, ports, address, hostKey, made };
  });
  return {
    containers: containers.filter(({ made }) => made === "").map(({ made, ...machine }) => machine),
    entrances: containers
      .filter(({ made }) => made !== "")
      .map(({ engineId, name, claim, state, made }) => ({
        ...{ engineId, name, claim, state, made },
        record: portRecordIn(made),
      })),
    networks: networks.map((row) => {
      const [engineId = "", name = "", id = "", owner = ""] = row.split("\t");
      return resourceOf("network", engineId, name, id, owner);
    }),
    copies,
  };
}

const allIn = ({
  containers,
  entrances,
  networks,
  copies,
}: Resources): Pick<Resource, "claim" | "engineId">[] => [
  ...containers,
  ...entrances,
  ...networks,
  ...copies,
];

export const claimsIn = (resources: Resources): Claim[] => allIn(resources).map(({ claim }) => claim);

/** The labels of everything that is made for a lab. */
export const ownLabels = async (lab: string): Promise<Record<string, string>> =>
  identityLabels(label, lab, await identityOf(lab));

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
export async function ourResources(docker: Docker, lab: string): Promise<Resources> {
  const [resources, id] = await Promise.all([resourcesOf(docker, lab), labId(lab)]);
  assertOurs(lab, id, claimsIn(resources));
  return resources;
}

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
