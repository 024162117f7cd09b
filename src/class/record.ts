import { existsSync } from "node:fs";
import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { exitCode, LabwrightError } from "../errors.ts";
import { readJson, writeJson } from "../local/json-file.ts";
import { withLock } from "../local/lock.ts";
import type { Class } from "./class-file.ts";
import { classFolder } from "./labs.ts";

const schema = z.object({
  /** Students for whom a lab was begun, and not removed since: also those whom the class file does not name any more. */
  students: z.array(z.string()),
  /** The class file; absent before the first `class up`. */
  file: z.string().optional(),
  /** What the first lab took of the computer, in MiB, and its inotify instances; and how many of its processors it kept busy while nobody worked in it. */
  measured: z
    .object({
      memory: z.number(),
      disk: z.number().optional(),
      inotify: z.number().optional(),
      busy: z.number().optional(),
    })
    .optional(),
  /** The lab that a rehearsal has begun, until it is removed: its name, in the place of a student's, and the provider that has made it. */
  rehearsal: z.object({ student: z.string(), provider: z.string() }).optional(),
});

export type ClassRecord = z.output<typeof schema>;
export type LeftRehearsal = NonNullable<ClassRecord["rehearsal"]>;
export type Measured = NonNullable<ClassRecord["measured"]>;

const fileOf = (name: string): string => join(classFolder(name), "class.json");

/** What is known of a class on this computer; empty if nothing is. */
export const readRecord = async (name: string): Promise<ClassRecord> =>
  (await readJson(fileOf(name), schema)) ?? { students: [] };

/** The caller holds the class's lock. */
export async function writeRecord(name: string, record: ClassRecord): Promise<void> {
  await mkdir(classFolder(name), { recursive: true, mode: 0o700 });
  await writeJson(fileOf(name), record);
}

/** Forgets a class: its logs, figures and results. The caller holds the class's lock, whose file stays until it is released. */
export async function forgetClass(name: string): Promise<void> {
  for (const entry of await readdir(classFolder(name)))
    if (!entry.startsWith("lock")) await rm(join(classFolder(name), entry), { recursive: true, force: true });
}

/** Runs `work` while no other command changes the class. Throws `class-locked`. */
export async function withClassLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  await mkdir(classFolder(name), { recursive: true, mode: 0o700 });
  try {
    return await withLock(
      join(classFolder(name), "lock"),
      { code: "class-locked", what: `the class ${name}`, patience: 0 },
      work,
    );
  } finally {
    // Fails if it is not empty, as it should.
    await rmdir(classFolder(name)).catch(() => {});
  }
}

/**
 * The record of a class. Throws `class-of-another` (exit code 2) if another class file of the same name has made it, and that file is
 * still there: it would take over labs that it did not make.
 */
export async function recordOf({ name, file }: Pick<Class, "name" | "file">): Promise<ClassRecord> {
  const record = await readRecord(name);
  if (record.file === undefined || record.file === file || !existsSync(record.file)) return record;
  throw new LabwrightError({
    code: "class-of-another",
    message: `the class "${name}" was made from ${record.file}`,
    remedy: `Give the class in ${file} another name, or remove the other one first with \`labwright class down --file ${record.file}\`.`,
    exit: exitCode.usage,
  });
}
