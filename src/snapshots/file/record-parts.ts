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

/** In bytes; a baseline of a lab of thirty machines has a tenth of it. */
const largestPart = 64 * 1024 * 1024;

async function* limited({ name, content }: SnapshotPart): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const bytes of content) {
    size += bytes.length;
    if (size > largestPart) throw new RangeError(`${name} has more than ${largestPart} bytes`);
    yield bytes;
  }
}

/** Writes such a part into the folder of a record. Throws a RangeError if it is too large. */
export async function keepRecordPart(folder: string, part: SnapshotPart): Promise<void> {
  const file = join(folder, part.name);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await pipeline(limited(part), createWriteStream(file, { mode: 0o600 }));
}

const recordingSchema = z.record(z.string(), z.string());
const statesSchema = z.array(z.looseObject({ name: z.string().regex(label), before: recordingSchema }));
const baselineSchema = z.looseObject({ form: z.number(), decided: z.string(), recording: recordingSchema });

/**
 * The names of the exercises in a record's folder, which are names of files. Throws if they are others, or if the baseline or the
 * state of an exercise is not one.
 */
export async function exercisesIn(folder: string): Promise<string[]> {
  const baseline = await textOf(join(folder, baselinePart, "baseline.json"));
  if (baseline !== undefined) baselineSchema.parse(JSON.parse(baseline));
  const states = statesSchema.parse(JSON.parse((await textOf(join(folder, exercisesFile))) ?? "[]"));
  return states.map(({ name }) => name);
}
