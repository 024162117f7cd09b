import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ArtifactStore } from "../artifacts/lazy.ts";
import { exitCode, isCode, LabwrightError } from "../errors.ts";
import { choose, shown } from "../lab/nearest.ts";
import { packageFolder } from "../paths.ts";
import { loadExercise } from "./load.ts";
import { exerciseName } from "./schema.ts";
import type { Exercise } from "./types.ts";

/** Exercises come with labwright, or are in the folder `exercises` beside the lab file. */
const homes = (labFile: string): string[] => [
  join(packageFolder, "playbooks", "exercises"),
  join(dirname(labFile), "exercises"),
];

/** The folders of all exercises that there are, by name. Throws if two have one name. */
export async function exerciseFolders(labFile: string): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const home of homes(labFile)) {
    for (const name of await foldersIn(home)) {
      const other = folders.get(name);
      if (other !== undefined) throw twice(name, other, join(home, name));
      folders.set(name, join(home, name));
    }
  }
  return new Map([...folders].sort(([one], [other]) => one.localeCompare(other)));
}

async function foldersIn(home: string): Promise<string[]> {
  const entries = await readdir(home, { withFileTypes: true }).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && exerciseName.test(entry.name))
    .map(({ name }) => name);
}

/** Reads the named exercise. Throws (exit code 2) if the name is invalid, or its folder's files are wrong. */
export async function findExercise(
  labFile: string,
  name: string,
  artifacts: ArtifactStore,
): Promise<Exercise> {
  assertName(name);
  const folders = await exerciseFolders(labFile);
  const folder = folders.get(name);
  if (folder !== undefined) return loadExercise(folder, name, artifacts);
  throw new LabwrightError({
    code: "exercise-unknown",
    message: `there is no exercise ${name}`,
    remedy: choose(name, [...folders.keys()]),
    exit: exitCode.usage,
  });
}

/** Refuses an invalid name before it becomes part of a path. */
export function assertName(name: string): void {
  if (name.length <= 63 && exerciseName.test(name)) return;
  throw new LabwrightError({
    code: "exercise-name",
    message: `${shown(name)} cannot be an exercise's name`,
    remedy: "Use lower-case letters, digits and hyphens. `labwright exercise list` shows the names.",
    exit: exitCode.usage,
  });
}

const twice = (name: string, one: string, other: string): LabwrightError =>
  new LabwrightError({
    code: "exercise-twice",
    message: `there are two exercises ${name}: ${one} and ${other}`,
    remedy: "Rename the folder beside your lab file.",
    exit: exitCode.usage,
  });
