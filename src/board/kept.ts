import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../local/json-file.ts";

const message = z.object({ text: z.string(), at: z.string() });

export type Message = z.output<typeof message>;

const schema = z.record(
  z.string(),
  z.object({
    hand: z.string().optional(),
    message: message.optional(),
    sent: z.array(message).optional(),
  }),
);

/** What no command's file has of a student. */
export interface KeptOfStudent {
  /** When the hand was raised. */
  hand?: string;
  /** The instructor's last message, until the student has closed it. */
  message?: Message;
  /** The last messages, also those that the student has closed. */
  sent?: Message[];
}

/** By student. */
export type Kept = Record<string, KeptOfStudent>;

/** How many messages to one student are kept. */
const mostSent = 50;

/** With a message that the student is to see. */
export const withMessage = ({ sent = [], ...kept }: KeptOfStudent, message: Message): KeptOfStudent => ({
  ...kept,
  message,
  sent: [...sent, message].slice(-mostSent),
});

/** Keeps that in a file, so that it survives the board. */
export interface KeptStore {
  readonly value: Kept;
  change(student: string, change: (kept: KeptOfStudent) => KeptOfStudent): Promise<void>;
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
