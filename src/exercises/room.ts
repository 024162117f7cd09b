import type { Task } from "../engine/graph.ts";
import type { Place } from "../engine/step.ts";
import { machinesOn } from "../lab/roles.ts";
import type { Lab } from "../lab/types.ts";
import type { Difference } from "../recording/differences.ts";
import { type Item, isOfCluster } from "../recording/types.ts";
import type { State } from "./state.ts";
import type { Exercise, Owned } from "./types.ts";

/** The places that the exercise's file names, and those of its steps. */
export const roomOf = ({ places }: Pick<Exercise, "places">, tasks: readonly Task[], lab: Lab): Owned[] => [
  ...tasks.flatMap(placesOf),
  ...places.flatMap(({ on, things }) =>
    machinesOn(lab, on).flatMap(({ name: machine }) => things.map((thing) => ({ machine, ...thing }))),
  ),
];

export const placesOf = ({ machine, step }: Task): Owned[] =>
  (step.places?.({ machine }) ?? []).map((place) => ({ machine: machine.name, ...place }));

/** Whether an item is in the room. */
export const owns = (room: readonly Owned[], item: Item): boolean => room.some((one) => isIn(one, item));

function isIn({ machine, kind, name }: Owned, item: Item): boolean {
  const { kind: itemKind, name: itemName } = item;
  // Each control plane shows the whole cluster.
  if (!isOfCluster(itemKind) && machine !== item.machine) return false;
  if (kind === "file") return itemKind === "file" && (itemName === name || itemName.startsWith(`${name}/`));
  if (kind === "account") return ["account", "group"].includes(itemKind) && itemName === name;
  if (kind === "namespace")
    return (
      (itemKind === "namespace" && itemName === name) ||
      (isOfCluster(itemKind) && itemName.startsWith(`${name}/`))
    );
  if (kind === "object")
    return isOfCluster(itemKind) && name === `${itemKind.replace(/\..*/, "")}/${itemName}`;
  return itemKind === kind && itemName === name;
}

/** The differences, by owner. Only `mine` are removed. */
export interface Sorted {
  mine: Difference[];
  /** Another started exercise owns it too. */
  others: Difference[];
  /** Its owner is unknown. */
  strangers: Difference[];
}

export function sorted(
  differences: readonly Difference[],
  room: readonly Owned[],
  others: readonly State[],
): Sorted {
  const isOthers = (one: Difference): boolean => others.some((other) => owns(other.room, one));
  return {
    mine: differences.filter((one) => owns(room, one) && !isOthers(one)),
    others: differences.filter(isOthers),
    strangers: differences.filter((one) => !owns(room, one) && !isOthers(one)),
  };
}

/** Resources that cannot belong to two people: a step creates them again, or deletes them with everything in them. */
const exclusive: readonly Place["kind"][] = [
  "docker container",
  "docker network",
  "docker volume",
  "namespace",
];

/** Existing items under the names that tasks want for themselves. */
export function takenPlaces(before: readonly Item[], tasks: readonly Task[]): Item[] {
  const wanted = tasks.flatMap(placesOf).filter(({ kind }) => exclusive.includes(kind));
  return before.filter(
    (item) => (item.kind === "namespace" || item.kind.startsWith("docker ")) && owns(wanted, item),
  );
}
