import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isCode } from "../errors.ts";
import { labFolder } from "../paths.ts";

/** What this computer keeps of a lab's exercises. */
export const exercisesFolder = (lab: string): string => join(labFolder(lab), "exercises");

/** Reads what a folder has of each exercise, in a file `<exercise>.json`; nothing if there is no such folder. */
export async function readEach<T>(
  folder: string,
  read: (exercise: string) => Promise<T | undefined>,
): Promise<Record<string, T>> {
  const files = await readdir(folder).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  });
  const names = files.flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);
  const all = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  return Object.fromEntries(all.flatMap(([name, one]) => (one === undefined ? [] : [[name, one]])));
}
