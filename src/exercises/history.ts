import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../local/json-file.ts";
import { exercisesFolder, readEach } from "./folder.ts";

/** A graded attempt. */
export interface Attempt {
  /** ISO 8601. */
  at: string;
  passed: boolean;
  points: number;
  of: number;
  right: number;
  goals: number;
  hints: number;
  seconds: number;
  /** Whether a background check has seen it: then the student has not asked for it. */
  background?: true;
}

/** Something that happened to one exercise in one lab. `at` is ISO 8601. */
export type HistoryEntry =
  | { what: "started" | "solved" | "reset" | "restored"; at: string }
  /** The hint's number, from 1. */
  | { what: "hint"; at: string; hint: number }
  /** The instructor gave the student so many seconds more. */
  | { what: "extended"; at: string; seconds: number }
  | ({ what: "check" } & Attempt);

/** How many entries are kept of an exercise: the last ones, and all extensions, because grades depend on them. */
const most = 50;

export const historySchema = z.array(
  z.custom<HistoryEntry>(
    (value) => typeof value === "object" && value !== null && "what" in value && "at" in value,
  ),
);

export const historyFolder = (lab: string): string => join(exercisesFolder(lab), "history");
const fileOf = (lab: string, name: string): string => join(historyFolder(lab), `${name}.json`);

/** Adds an entry to an exercise's history, which outlives its starts and resets. The caller holds `withStates`. */
export async function noteHistory(lab: string, name: string, entry: HistoryEntry): Promise<void> {
  const known = (await readJson(fileOf(lab, name), historySchema)) ?? [];
  await mkdir(historyFolder(lab), { recursive: true, mode: 0o700 });
  const all = [...known, entry];
  const kept = all.filter(({ what }, index) => what === "extended" || index >= all.length - most);
  await writeJson(fileOf(lab, name), kept, 0);
}

/** The histories of a lab: exercise → its entries, the oldest first. */
export const readHistories = (lab: string): Promise<Record<string, HistoryEntry[]>> =>
  readEach(historyFolder(lab), (name) => readJson(fileOf(lab, name), historySchema));
