import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exitCode, LabwrightError } from "../errors.ts";
import { labFolder } from "../paths.ts";
import type { Recording } from "./recording/types.ts";

/** What is kept of an exercise from its start to its reset. Times are ISO 8601. */
export interface State {
  name: string;
  /** When `start` began; baselines of several started exercises lie on each other in this order. */
  began: string;
  /** When the setup was done, and the student's time began; absent while `start` has not come to its end. */
  started?: string;
  /** The lab before the start. */
  before: Recording;
  /** Keys of tasks that were right before the start: whoever made them so, this exercise does not undo them. */
  found: string[];
  /** Keys of all its tasks. */
  tasks: string[];
  /** Where the exercise works: names of machines, and `cluster`. */
  places: string[];
  hints: number;
  checks: { at: string; passed: boolean; hints: number }[];
  /** When `solve` did the student's work. */
  solved?: string;
}

const folderOf = (lab: string): string => join(labFolder(lab), "exercises");
const fileOf = (lab: string, name: string): string => join(folderOf(lab), `${name}.json`);

/** The states of all exercises that are started in a lab, the first started first. */
export async function readStates(lab: string): Promise<State[]> {
  const files = await readdir(folderOf(lab)).catch(() => []);
  const names = files.filter((file) => file.endsWith(".json"));
  const states = await Promise.all(
    names.map(async (file) => JSON.parse(await readFile(join(folderOf(lab), file), "utf8")) as State),
  );
  return states.sort((one, other) => one.began.localeCompare(other.began));
}

export const readState = async (lab: string, name: string): Promise<State | undefined> =>
  (await readStates(lab)).find((state) => state.name === name);

/** Writes the state whole or not at all; hashes of Secrets are in it, so that only its owner may read it. */
export async function writeState(lab: string, state: State): Promise<void> {
  const file = fileOf(lab, state.name);
  await mkdir(folderOf(lab), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

export const removeState = (lab: string, name: string): Promise<void> =>
  rm(fileOf(lab, name), { force: true });

/** The state of an exercise whose start came to its end. Throws (exit code 2) where there is none. */
export async function startedState(lab: string, name: string): Promise<State & { started: string }> {
  const state = await readState(lab, name);
  if (state?.started !== undefined) return { ...state, started: state.started };
  throw new LabwrightError({
    code: "exercise-not-started",
    message: state
      ? `the start of ${name} did not come to its end`
      : `${name} is not started in the lab ${lab}`,
    remedy: `run \`labwright exercise start ${name}\``,
    exit: exitCode.usage,
  });
}
