import { fixedPlaceWords } from "../kubernetes/api-place.ts";
import type { Lab } from "../lab/types.ts";
import { indirectWords } from "./indirect.ts";
import type { ConnectedInventory } from "./inventory.ts";
import { networkWords } from "./network-words.ts";

type Known = Pick<ConnectedInventory, "lab" | "found" | "addresses" | "reach" | "host">;

/** What a person should know of a lab's cluster besides that it is there, a sentence each without its full stop. */
export async function notesOf(lab: Lab, inventory: Known): Promise<string[]> {
  if (!lab.playbooks.includes("cluster")) return [];
  const notes = [
    indirectWords(lab, inventory),
    fixedPlaceWords(inventory),
    await networkWords(lab, inventory),
  ];
  return notes.filter((note) => note !== undefined);
}
