import { fixedPlaceWords } from "../kubernetes/api-place.ts";
import type { Lab } from "../lab/types.ts";
import { openEntranceWords } from "./entrance.ts";
import { indirectWords } from "./indirect.ts";
import type { ConnectedInventory } from "./inventory.ts";
import { networkWords } from "./network-words.ts";

type Known = Pick<ConnectedInventory, "lab" | "found" | "addresses" | "reach" | "enter" | "host">;

/** What a person should know of a lab's cluster and entrance besides that they are there, a sentence each without its full stop. */
export async function notesOf(lab: Lab, inventory: Known): Promise<string[]> {
  const entrance = openEntranceWords(lab);
  const always = entrance === undefined ? [] : [entrance];
  if (!lab.playbooks.includes("cluster")) return always;
  const notes = [
    indirectWords(lab, inventory),
    fixedPlaceWords(inventory),
    await networkWords(lab, inventory),
  ];
  return [...notes.filter((note) => note !== undefined), ...always];
}
