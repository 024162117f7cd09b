import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Baseline, readBaselineIn } from "../baseline/baseline.ts";
import { copyBaseline, returnBaseline } from "../baseline/copy.ts";
import { isCode } from "../errors.ts";
import { noteHistory } from "../exercises/history.ts";
import { endStart, readStates, type State, withStates, writeState } from "../exercises/state.ts";
import { type MachineSet, setName } from "../lab/machine-set.ts";
import { writeJson } from "../local/json-file.ts";
import { textOf } from "../local/text-file.ts";
import { labFolder } from "../paths.ts";

/** Changes with what a restore needs of a record. */
export const form = 1;

export const recordSchema = z.object({
  kind: z.literal("labwright snapshot"),
  form: z.number(),
  name: z.string(),
  /** The lab's id. */
  id: z.string(),
  /** When the machines were copied; ISO 8601. */
  saved: z.string(),
  /** labwright's own version. */
  version: z.string(),
  /** What the lab file decided then, as `decidedBy` says. */
  decided: z.string(),
  machines: z.array(z.object({ name: z.string(), address: z.string() })),
  /** Names of the exercises that were started. */
  exercises: z.array(z.string()),
  /** Machine → containers of the Docker engine on it that ran. */
  containers: z.record(z.string(), z.array(z.string())).default({}),
  /** Checks of `up` that were not right, as after the fault of an exercise: `kubelet on w1`. */
  wrong: z.array(z.string()).default([]),
  /** Whether it was saved of another lab, with other logins. */
  imported: z.boolean().optional(),
  /** Public keys of the labs that it comes from. Their owners could log in after a restore. */
  formerKeys: z.array(z.string()).optional(),
  /** What the provider has of it, as its `list` said then. */
  contents: z.record(z.string(), z.string()),
});

/** What is known of a complete snapshot. */
export type SnapshotRecord = z.output<typeof recordSchema>;

/** The folder of a lab's snapshots: one folder each, with its record, and the lab's baseline and exercises as they were. */
const snapshotsFolder = (lab: string): string => join(labFolder(lab), "snapshots");

const recordFile = "snapshot.json";

/** What a record's folder has besides. */
export const [baselinePart, exercisesFile] = ["baseline", "exercises.json"] as const;

export const recordFolder = (lab: string, name: string): string => join(snapshotsFolder(lab), name);

/** Names of folders that are not complete begin with it; no snapshot's does. */
const part = ".part-";

/** The complete snapshots of a lab, the oldest first. */
export async function listRecords(lab: string): Promise<SnapshotRecord[]> {
  const folder = snapshotsFolder(lab);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  });
  const records = await Promise.all(
    names.filter((name) => !name.startsWith(".")).map((name) => readRecord(recordFolder(lab, name))),
  );
  return records.filter((one) => one !== undefined).sort((a, b) => a.saved.localeCompare(b.saved));
}

async function readRecord(folder: string): Promise<SnapshotRecord | undefined> {
  const text = await textOf(join(folder, recordFile));
  return text === undefined ? undefined : recordSchema.parse(JSON.parse(text));
}

/** Keeps a record, with the lab's baseline and the states of its exercises: completely or not at all. */
export async function storeRecord(
  lab: MachineSet,
  known: Omit<SnapshotRecord, "kind" | "form" | "exercises">,
): Promise<SnapshotRecord> {
  const draft = await draftRecord(lab.name, known.name);
  await copyBaseline(setName(lab), join(draft, baselinePart));
  const states = await readStates(lab.name);
  await writeJson(join(draft, exercisesFile), states, 0);
  const exercises = states.map(({ name }) => name);
  const record: SnapshotRecord = { kind: "labwright snapshot", form, ...known, exercises };
  await completeRecord(lab.name, draft, record);
  return record;
}

/** A folder, still empty, for what a record consists of; `removeParts` removes it. */
export async function draftRecord(lab: string, name: string): Promise<string> {
  const draft = recordFolder(lab, `${part}${name}`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  return draft;
}

/** From here on the snapshot is complete. */
export async function completeRecord(lab: string, draft: string, record: SnapshotRecord): Promise<void> {
  await writeJson(join(draft, recordFile), record);
  await rename(draft, recordFolder(lab, record.name));
}

/** The baseline that a snapshot has; undefined if it has none that this labwright can compare. */
export const recordedBaseline = (lab: string, name: string): Promise<Baseline | undefined> =>
  readBaselineIn(join(recordFolder(lab, name), baselinePart));

/** Makes the lab's baseline and the states of its exercises what they were. Results are not touched. */
export async function returnRecorded(lab: MachineSet, name: string): Promise<void> {
  const folder = recordFolder(lab.name, name);
  await returnBaseline(setName(lab), join(folder, baselinePart));
  const states: State[] = JSON.parse((await textOf(join(folder, exercisesFile))) ?? "[]");
  await withStates(lab.name, async () => {
    for (const state of await readStates(lab.name)) await endStart(lab.name, state.name);
    const at = new Date().toISOString();
    for (const state of states) {
      await writeState(lab.name, state);
      await noteHistory(lab.name, state.name, { what: "restored", at });
    }
  });
}

/** From here on the snapshot is not complete, and what is left of it is removed by whatever comes next. */
export async function removeRecord(lab: string, name: string): Promise<void> {
  await rename(recordFolder(lab, name), recordFolder(lab, `${part}${name}`)).catch((error: unknown) => {
    if (!isCode(error, "ENOENT")) throw error;
  });
  await removeParts(lab);
}

/** Removes what a killed command has left. */
export async function removeParts(lab: string): Promise<void> {
  const folder = snapshotsFolder(lab);
  for (const name of await readdir(folder).catch(() => []))
    if (name.startsWith(part)) await rm(join(folder, name), { recursive: true, force: true });
}
