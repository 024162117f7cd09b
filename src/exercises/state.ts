import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { exitCode, LabwrightError } from "../errors.ts";
import { writeJson } from "../local/json-file.ts";
import { withLock } from "../local/lock.ts";
import { textOf } from "../local/text-file.ts";
import type { Recording } from "../recording/types.ts";
import { exercisesFolder } from "./folder.ts";
import type { GoalShown } from "./graded.ts";
import { type HistoryEntry, noteHistory } from "./history.ts";
import type { Owned } from "./types.ts";

/** What is recorded of an exercise from its start to its reset. Times are ISO 8601. */
export interface State {
  name: string;
  /** When `start` began; the baselines of several started exercises have this order. Identifies one start. */
  began: string;
  /** When the setup was complete, and the student's time began; absent until `start` is complete. */
  started?: string;
  /** By how many seconds the instructor has extended the student's time since then. */
  extended?: number;
  /** The lab before the start. */
  before: Recording;
  /** Keys of tasks that were right before the start: this exercise does not undo them. */
  found: string[];
  /** Keys of all its tasks. */
  tasks: string[];
  /** What the exercise owns: all that its reset may remove. */
  room: Owned[];
  hints: number;
  /** `right` is absent in checks of an older labwright. */
  checks: { at: string; passed: boolean; hints: number; right?: number }[];
  /** What the last check has seen. */
  seen?: GoalShown[];
  /** When `solve` did the student's work. */
  solved?: string;
  /** What background checks have seen since the start: the last one, and the first one with the most goals right. */
  background?: { last: Glance; best: Glance };
}

/** What one background check has seen. */
export interface Glance {
  /** ISO 8601. */
  at: string;
  right: number;
  goals: number;
}

const fileOf = (lab: string, name: string): string => join(exercisesFolder(lab), `${name}.json`);

/** How long to wait for another command that changes states, in milliseconds: it reads and writes some small files. */
const lockPatience = 10_000;

/**
 * Runs `work` while no other command changes the states of the lab's exercises. Unlike the lab's own lock it is held for
 * moments only: `check` and `hint` need it too, while `up` or a long reset works on the lab. Must not be nested.
 */
export async function withStates<T>(lab: string, work: () => Promise<T>): Promise<T> {
  const what = `the record of the exercises of the lab ${lab}`;
  return withLock(
    join(exercisesFolder(lab), "lock"),
    { code: "lab-locked", what, patience: lockPatience },
    work,
  );
}

/** The states of all exercises that are started in a lab, the first started first. */
export async function readStates(lab: string): Promise<State[]> {
  const files = await readdir(exercisesFolder(lab)).catch(() => []);
  const names = files.filter((file) => file.endsWith(".json"));
  const states = await Promise.all(names.map((file) => readJson<State>(join(exercisesFolder(lab), file))));
  return (
    states
      .filter((state) => state !== undefined)
      // A state that an older labwright started has no places: its tasks' undo has to be enough.
      .map((state) => ({ ...state, room: state.room ?? [] }))
      .sort((one, other) => one.began.localeCompare(other.began))
  );
}

export const readState = async (lab: string, name: string): Promise<State | undefined> =>
  (await readStates(lab)).find((state) => state.name === name);

/** The content of a file of ours; undefined if it does not exist. */
export async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await textOf(file);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

/** Overwrites a state. The caller holds `withStates`, or begins a start. */
export async function writeState(lab: string, state: State): Promise<void> {
  await mkdir(exercisesFolder(lab), { recursive: true, mode: 0o700 });
  // Only the owner may read states, because they have hashes of Secrets; recordings are long.
  await writeJson(fileOf(lab, state.name), state, 0);
}

/**
 * Changes the current state, so that nothing is lost that another command wrote meanwhile. Returns undefined, and
 * writes nothing, if the exercise was reset, or reset and started again, since `known` was read. `entry` is what its history gets.
 */
export const changeState = <S extends State>(
  lab: string,
  known: S,
  change: (state: State) => State,
  entry?: (changed: State, before: State) => HistoryEntry | undefined,
): Promise<State | undefined> =>
  withStates(lab, async () => {
    const state = await readState(lab, known.name);
    if (state?.began !== known.began) return undefined;
    const changed = change(state);
    await writeState(lab, changed);
    const noted = entry?.(changed, state);
    if (noted) await noteHistory(lab, known.name, noted);
    return changed;
  });

export const removeState = (lab: string, name: string): Promise<void> =>
  rm(fileOf(lab, name), { force: true });

/** Ends a start: removes its state, and notes that in the exercise's history. The caller holds `withStates`. */
export async function endStart(lab: string, name: string): Promise<void> {
  await removeState(lab, name);
  await noteHistory(lab, name, { what: "reset", at: new Date().toISOString() });
}

/** The state of an exercise whose start is complete. Throws (exit code 2) if there is none. */
export async function startedState(lab: string, name: string): Promise<State & { started: string }> {
  const state = await readState(lab, name);
  if (state?.started !== undefined) return { ...state, started: state.started };
  throw new LabwrightError({
    code: "exercise-not-started",
    message: state ? `the start of ${name} did not finish` : `${name} is not started in the lab ${lab}`,
    remedy: `Run \`labwright exercise start ${name}\`.`,
    exit: exitCode.usage,
  });
}

/** Another command reset the exercise meanwhile, so the observations of this one are outdated. */
export const resetMeanwhile = (name: string): LabwrightError =>
  new LabwrightError({
    code: "exercise-reset-meanwhile",
    message: `${name} was reset by another command in the meantime`,
    remedy: `Run \`labwright exercise start ${name}\` to begin again.`,
  });
