import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../local/json-file.ts";
import { withLock } from "../local/lock.ts";
import { classFolder } from "./labs.ts";

const schema = z.object({
  /** Students for whom a lab was begun, and not removed since: also those whom the class file does not name any more. */
  students: z.array(z.string()),
  /** What the first lab took of the computer, in MiB. */
  measured: z.object({ memory: z.number(), disk: z.number().optional() }).optional(),
});

export type ClassRecord = z.output<typeof schema>;

const fileOf = (name: string): string => join(classFolder(name), "class.json");

/** What is known of a class on this computer; empty if nothing is. */
export const readRecord = async (name: string): Promise<ClassRecord> =>
  (await readJson(fileOf(name), schema)) ?? { students: [] };

/** The caller holds the class's lock. */
export async function writeRecord(name: string, record: ClassRecord): Promise<void> {
  await mkdir(classFolder(name), { recursive: true, mode: 0o700 });
  await writeJson(fileOf(name), record);
}

/** Forgets a class: its logs, figures and results. The caller holds the class's lock. */
export const forgetClass = (name: string): Promise<void> =>
  rm(classFolder(name), { recursive: true, force: true });

/** Runs `work` while no other command changes the class. Throws `class-locked`. */
export async function withClassLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  await mkdir(classFolder(name), { recursive: true, mode: 0o700 });
  return withLock(
    join(classFolder(name), "lock"),
    { code: "class-locked", what: `the class ${name}`, patience: 0 },
    work,
  );
}
