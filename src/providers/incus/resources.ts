import { sh } from "../../hosts/sh.ts";
import { assertOurs, type Claim, claimOf, type Identity, identityLabels, labId } from "../../lab/identity.ts";
import { firstSet, type MachineSet, setIn, setOf } from "../../lab/machine-set.ts";
import type { Lab } from "../../lab/types.ts";
import { type Incus, label } from "./incus.ts";
import type { Instance } from "./instance.ts";
import { listInstances } from "./listed.ts";
import { type Network, networksOf } from "./network.ts";
import { type Project, projectsOf } from "./project.ts";

/** A server's resources under a lab's name. */
export interface Resources {
  /** Also the instance from which an image is made. */
  instances: Instance[];
  projects: Project[];
  networks: Network[];
}

/** Everything that the server has under the lab's name, with any owner. Changes nothing. */
export async function resourcesOf(incus: Incus, lab: Lab): Promise<Resources> {
  const [all, projects, networks] = await Promise.all([
    listInstances(incus, lab),
    projectsOf(incus, lab.name),
    networksOf(incus, lab.name),
  ]);
  return { instances: all.filter(({ config }) => config[label.lab] === lab.name), projects, networks };
}

export const claimsIn = ({ instances, projects, networks }: Resources): Claim[] => [
  ...instances.map((one) => claimOf(label, instanceWords(one), one.config)),
  ...projects.map(({ name, config }) => claimOf(label, `project ${name}`, config)),
  ...networks.map(({ claim }) => claim),
];

/** The same, if all of it is the lab's. Throws `lab-of-another`. */
export async function allOurs(incus: Incus, lab: Lab): Promise<Resources> {
  const [resources, id] = await Promise.all([resourcesOf(incus, lab), labId(lab.name)]);
  assertOurs(lab.name, id, claimsIn(resources));
  return resources;
}

/** What belongs to the lab's set of machines. Throws `lab-of-another` if something of any set is not the lab's. */
export async function ourResources(incus: Incus, lab: Lab): Promise<Resources> {
  return ofSet(await allOurs(incus, lab), lab);
}

export const setOfResource = ({ config }: Pick<Instance | Project, "config">): string => setIn(label, config);

function ofSet({ instances, projects, networks }: Resources, one: MachineSet): Resources {
  const set = setOf(one);
  return {
    instances: instances.filter((instance) => setOfResource(instance) === set),
    projects: projects.filter((project) => setOfResource(project) === set),
    networks: networks.filter((network) => network.set === set),
  };
}

/** Instances of two sets have the same name, in two projects. */
export function instanceWords(instance: Pick<Instance, "name" | "config">): string {
  const set = setOfResource(instance);
  return `instance ${instance.name}${set === firstSet ? "" : ` of set ${set}`}`;
}

/** Writes the lab's id and owner on everything under its name. */
export async function adoptResources(incus: Incus, lab: Lab, identity: Identity): Promise<void> {
  const { instances, projects, networks } = await resourcesOf(incus, lab);
  const words = Object.entries(identityLabels(label, lab.name, identity)).map(
    ([key, value]) => `${key}=${value}`,
  );
  for (const { name, project } of instances)
    await incus.run(sh`config set --project ${project} ${incus.at(name)} ${words}`);
  for (const { name } of projects) await incus.run(sh`project set ${incus.at(name)} ${words}`);
  for (const { name } of networks) await incus.run(sh`network set ${incus.at(name)} ${words}`);
}
