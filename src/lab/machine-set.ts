import { mkdir, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { LabwrightError } from "../errors.ts";
import { writeJson } from "../local/json-file.ts";
import { textOf } from "../local/text-file.ts";
import { labFolder } from "../paths.ts";
import { type Identity, type IdentityKeys, identityLabels } from "./identity.ts";
import type { Lab } from "./types.ts";

/** One of a lab's sets of machines: the one that people work with, or a spare. */
export type MachineSet = Pick<Lab, "name" | "set">;

/** The set that a lab has until a spare takes its place. */
export const firstSet = "1";

export const setOf = ({ set = firstSet }: Pick<MachineSet, "set">): string => set;

/**
 * What tells a set's resources and files from those of the lab's others: no lab's name has a dot. The first set's name is the lab's
 * own.
 */
export const setName = (one: MachineSet): string =>
  setOf(one) === firstSet ? one.name : `${one.name}.${setOf(one)}`;

/** The keys under which a provider labels resources with their owner and their set. */
export type SetKeys = IdentityKeys & Readonly<Record<"set", string>>;

/**
 * The labels of everything that is created for a set. Resources of the first set carry no number: a labwright that knew no sets has
 * created labs too.
 */
export const setLabels = (keys: SetKeys, one: MachineSet, identity: Identity): Record<string, string> => ({
  ...identityLabels(keys, one.name, identity),
  ...(setOf(one) !== firstSet && { [keys.set]: setOf(one) }),
});

/** The set that a resource's labels name. */
export const setIn = (keys: SetKeys, labels: Readonly<Record<string, string>>): string =>
  labels[keys.set] || firstSet;

/** `count` sets with the lowest numbers that are none of `taken`. */
export function freeSets(count: number, taken: readonly string[]): string[] {
  const free: string[] = [];
  for (let number = Number(firstSet); free.length < count; number++)
    if (!taken.includes(String(number))) free.push(String(number));
  return free;
}

const schema = z.object({ set: z.string().regex(/^[1-9]\d*$/) });

const fileOf = (lab: string): string => join(labFolder(lab), "machine-set.json");

/** The set that people work with. Throws `machine-set-broken`. */
export const liveSet = async (lab: string): Promise<string> => (await recordedSet(lab)) ?? firstSet;

/** The same; undefined if no set was ever recorded. */
export async function recordedSet(lab: string): Promise<string | undefined> {
  const text = await textOf(fileOf(lab));
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text)).set;
  } catch (cause) {
    throw new LabwrightError({
      code: "machine-set-broken",
      message: `${fileOf(lab)} does not name one of the lab's sets of machines`,
      remedy: setRemedy(lab),
      cause,
    });
  }
}

/** How a person says which set is the lab's. */
export const setRemedy = (lab: string): string =>
  `Write the number of the set whose machines you work with into ${fileOf(lab)}, such as {"set": "${firstSet}"}: the others are spares, which labwright may delete. \`docker ps --all --filter label=labwright.lab=${lab}\` lists the machines of all sets on Docker, and \`incus list --all-projects user.labwright.lab=${lab}\` on Incus.`;

/** From now on this is the set that people work with. The caller holds the lab's lock. */
export async function makeLive(lab: string, set: string): Promise<void> {
  await mkdir(labFolder(lab), { recursive: true, mode: 0o700 });
  await writeJson(fileOf(lab), { set });
}

/** The folders of a lab's further sets. */
export async function setFolders(lab: string): Promise<string[]> {
  const folder = labFolder(lab);
  const names = await readdir(dirname(folder)).catch((): string[] => []);
  return names
    .filter((name) => name.startsWith(`${basename(folder)}.`) && /\.[1-9]\d*$/.test(name))
    .map((name) => join(dirname(folder), name));
}
