import { fixedSet, type ImageSet } from "../../artifacts/images/image-set.ts";
import { type AddonName, addons as words } from "../../lab/available.ts";
import type { Cluster } from "../../lab/types.ts";
import { type Contents, joined } from "../../linux/backup.ts";
import type { Addon } from "./addon.ts";

/** The lab file's word for an addon is the name of its folder. */
async function load(name: AddonName): Promise<[AddonName, Addon]> {
  const { addon }: { addon: Addon } = await import(`./${name}/addon.ts`);
  return [name, addon];
}

const addons: ReadonlyMap<AddonName, Addon> = new Map(await Promise.all(words.supported.map(load)));

export function addonNamed(name: AddonName): Addon {
  const addon = addons.get(name);
  if (!addon) throw new RangeError(`there is no addon ${name}`);
  return addon;
}

/** The addons that a lab's cluster has. */
export const addonsOf = ({ addons = [] }: Pick<Cluster, "addons">): [AddonName, Addon][] =>
  addons.map((name) => [name, addonNamed(name)]);

/** What any addon has of a kind: a cluster may have others than the lab file names. */
export const ofAddons = <T>(part: (addon: Addon) => readonly T[]): T[] => [...addons.values()].flatMap(part);

/** What any addon's pods write on nodes. */
export const addonContents: Contents = joined([...addons.values()].map(({ written }) => written));

/** The images of a cluster's addons together; undefined if it has none. */
export function addonImages(cluster: Pick<Cluster, "addons">): ImageSet | undefined {
  const sets = addonsOf(cluster).map(([, { images }]) => images);
  if (sets.length === 0) return undefined;
  const names = sets.flatMap((set) => set.names(""));
  return fixedSet("addons", names, Object.assign({}, ...sets.map(({ recipes }) => recipes)));
}
