import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LabwrightError } from "../errors.ts";
import { writeJson } from "../local/json-file.ts";
import { textOf } from "../local/text-file.ts";
import { labFolder } from "../paths.ts";

const fileOf = (lab: string): string => join(labFolder(lab), "restoring.json");

/** Notes that a restore of this snapshot has begun: until `noteRestored` the lab is neither what it was nor what it is to be. */
export const noteRestoring = (lab: string, snapshot: string): Promise<void> =>
  writeJson(fileOf(lab), { snapshot, began: new Date().toISOString() });

export const noteRestored = (lab: string): Promise<void> => rm(fileOf(lab), { force: true });

interface Unfinished {
  snapshot: string;
  /** ISO 8601. */
  began: string;
}

/** The restore that was cut short; undefined if there is none. */
export async function unfinishedRestore(lab: string): Promise<Unfinished | undefined> {
  const text = await textOf(fileOf(lab));
  return text === undefined ? undefined : JSON.parse(text);
}

/** Throws `restore-unfinished` if a restore was cut short. */
export async function assertNoneUnfinished(lab: string): Promise<void> {
  const unfinished = await unfinishedRestore(lab);
  if (!unfinished) return;
  const { snapshot, began } = unfinished;
  throw new LabwrightError({
    code: "restore-unfinished",
    message: `the restore of the snapshot "${snapshot}" of the lab "${lab}", which began at ${began}, was not completed`,
    remedy: `Run \`labwright snapshot restore ${snapshot}\` to do it again, or \`labwright down\` to remove the lab.`,
  });
}
