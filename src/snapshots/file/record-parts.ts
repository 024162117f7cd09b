import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { label } from "../../lab/names.ts";
import { textOf } from "../../local/text-file.ts";
import type { SnapshotPart } from "../../providers/types.ts";
import { baselinePart, exercisesFile, recordFolder } from "../record.ts";

/** The only files that a record's folder is given: all of them have fixed names in it. */
const files = new RegExp(`^(${exercisesFile}|${baselinePart}/(baseline\\.json|contents/[0-9a-f]{16}))$`);

export const isRecordPart = (name: string): boolean => files.test(name);

/** What labwright knows of a snapshot besides its record: the baseline and the exercises. */
export async function* recordParts(lab: string, name: string): AsyncGenerator<SnapshotPart> {
  const folder = recordFolder(lab, name);
  for (const path of (await readdir(folder, { recursive: true })).filter(isRecordPart).sort())
    yield { name: path, content: createReadStream(join(folder, path)) };
}

/** Writes such a part into the folder of a record. */
export async function keepRecordPart(folder: string, { name, content }: SnapshotPart): Promise<void> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await pipeline(content, createWriteStream(file, { mode: 0o600 }));
}

/** An exercise's name is the name of a file. */
const statesSchema = z.array(z.looseObject({ name: z.string().regex(label) }));

/** The names of the exercises in a record's folder. Throws if they are not such names. */
export async function exercisesIn(folder: string): Promise<string[]> {
  const states = statesSchema.parse(JSON.parse((await textOf(join(folder, exercisesFile))) ?? "[]"));
  return states.map(({ name }) => name);
}
