import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../local/json-file.ts";

const schema = z.record(
  z.string(),
  z.object({
    hand: z.string().optional(),
    message: z.object({ text: z.string(), at: z.string() }).optional(),
  }),
);

/** Student → what no command's file has: the raised hand, and the instructor's message. */
export type Kept = Record<string, { hand?: string; message?: { text: string; at: string } }>;

/** Keeps that in a file, so that it survives the board. */
export interface KeptStore {
  readonly value: Kept;
  change(student: string, change: (kept: Kept[string]) => Kept[string]): Promise<void>;
}

export async function openKept(file: string): Promise<KeptStore> {
  const read = await readJson(file, schema);
  const value: Kept = JSON.parse(JSON.stringify(read ?? {}));
  let writing: Promise<void> = Promise.resolve();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  return {
    value,
    change: (student, change) => {
      value[student] = change(value[student] ?? {});
      // One after the other: an older text must not replace a newer one.
      const written = writing.then(async () => {
        // `class down --forget` has taken the folder away.
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await writeJson(file, value);
      });
      writing = written.catch(() => {});
      return written;
    },
  };
}
