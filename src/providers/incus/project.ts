import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { type MachineSet, setIn, setOf } from "../../lab/machine-set.ts";
import { type Incus, label, nameTaken } from "./incus.ts";
import { projectName } from "./names.ts";

const projectsSchema = z.array(z.object({ name: z.string(), config: z.record(z.string(), z.string()) }));

export type Project = z.output<typeof projectsSchema>[number];

/** The projects of all sets of a lab, by label. */
export async function projectsOf(incus: Incus, lab: string): Promise<Project[]> {
  const all = await incus.query("/1.0/projects?recursion=1", projectsSchema);
  return all.filter(({ config }) => config[label.lab] === lab);
}

/**
 * Creates a set's project if it is missing, with a default profile of what every machine has: a root
 * disk, an interface, and the rights of a machine. Images are shared with all projects.
 */
export async function ensureProject(
  incus: Incus,
  one: MachineSet,
  { network, pool, labels }: { network: string; pool: string; labels: Readonly<Record<string, string>> },
): Promise<string> {
  const present = (await projectsOf(incus, one.name)).find(
    ({ config }) => setIn(label, config) === setOf(one),
  );
  const name = present?.name ?? (await createProject(incus, one, labels));
  const profile = JSON.stringify({
    description: `machines of the labwright lab ${one.name}`,
    config: { "security.privileged": "true", "security.nesting": "true" },
    devices: {
      root: { type: "disk", path: "/", pool },
      eth0: { type: "nic", network, name: "eth0" },
    },
  });
  await incus.script(
    sh`printf %s ${profile} | ${incus.command(sh`profile edit ${incus.at("default")} --project ${name}`)}`,
  );
  return name;
}

async function createProject(
  incus: Incus,
  one: MachineSet,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  const name = projectName(one);
  const all = await incus.query("/1.0/projects?recursion=1", projectsSchema);
  if (all.some((other) => other.name === name)) throw nameTaken("project", name);
  const config = ["features.images=false", "features.profiles=true"];
  const words = [...config, ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)];
  const flags = words.flatMap((one) => ["--config", one]);
  await incus.run(sh`project create ${incus.at(name)} ${flags}`);
  return name;
}
