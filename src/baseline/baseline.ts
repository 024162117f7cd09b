import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { exitCode, LabwrightError } from "../errors.ts";
import { entranceNames } from "../lab/entrance.ts";
import type { Lab } from "../lab/types.ts";
import { contentId } from "../local/hash.ts";
import { writeJson } from "../local/json-file.ts";
import { textOf } from "../local/text-file.ts";
import { ownVersion } from "../own-version.ts";
import { labFolder } from "../paths.ts";
import type { Recording } from "../recording/types.ts";
import { structuralKey } from "../structure.ts";

/** Changes with what the recorders see: with another one, everything new would look as if somebody had made it. */
const form = 2;

/** The state of a lab to which `reset` returns. */
export interface Baseline {
  form: number;
  /** When it was recorded; ISO 8601. */
  recorded: string;
  /** What its lab file decided then, as `decidedBy` says. */
  decided: string;
  recording: Recording;
  /** Whether somebody has recorded it: it may have what no `up` makes. */
  byHand?: true;
  /** The lab before a run that changes it, and that has not ended yet. */
  before?: Before;
}

/** What was seen of a lab before a run. */
export interface Before {
  recording: Recording;
  /** Machines that could be looked at. */
  seen: string[];
  /** What could not be seen of them: `MACHINE RECORDER`. */
  unseen: string[];
  /** Machines that the run creates. */
  fresh: string[];
}

export const baselineFolder = (lab: string): string => join(labFolder(lab), "baseline");

/** The file in a baseline's folder; the others are contents. */
export const fileIn = (folder: string): string => join(folder, "baseline.json");

/** Changes with all that a lab file, and a release of labwright, decide about machines. */
export function decidedBy(lab: Lab): string {
  const { provider, machines, cluster, playbooks } = lab;
  // Of the entrance, only its names are on a machine: in the API server's certificate.
  const names = entranceNames(lab);
  const decided = { provider, machines, cluster, playbooks, ...(names.length > 0 && { names }) };
  return contentId([ownVersion, structuralKey(decided)]);
}

/** The lab's baseline; undefined if none was recorded, or by a labwright that saw other things. */
export const readBaseline = (lab: string): Promise<Baseline | undefined> =>
  readBaselineIn(baselineFolder(lab));

/** The same of a copy. */
export async function readBaselineIn(folder: string): Promise<Baseline | undefined> {
  const text = await textOf(fileIn(folder));
  if (text === undefined) return undefined;
  const baseline: Baseline = JSON.parse(text);
  return baseline.form === form ? baseline : undefined;
}

/** Only the owner may read it: a recording has hashes of Secrets. */
export async function writeBaseline(lab: string, known: Omit<Baseline, "form">): Promise<Baseline> {
  const baseline = { ...known, form };
  await mkdir(baselineFolder(lab), { recursive: true, mode: 0o700 });
  await writeJson(fileIn(baselineFolder(lab)), baseline, 0);
  return baseline;
}

export const noBaseline = (lab: string): LabwrightError =>
  new LabwrightError({
    code: "no-baseline",
    message: `the lab "${lab}" has no baseline that this labwright can compare it with`,
    remedy:
      "`labwright up` records it when it creates the lab. If the lab is as it should be now, run `labwright baseline record`.",
    exit: exitCode.usage,
  });
