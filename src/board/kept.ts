import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../local/json-file.ts";

const message = z.object({ text: z.string(), at: z.string() });

export type Message = z.output<typeof message>;

const schema = z.record(
  z.string(),
  z.object({
    hand: z.string().optional(),
    agreed: z.string().optional(),
    message: message.optional(),
    sent: z.array(message).optional(),
  }),
);

/** What no command's file has of a student. */
export interface KeptOfStudent {
  /** When the hand was raised. */
  hand?: string;
  /** When the student agreed that exports keep the commands that were typed. */
  agreed?: string;
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

/** What the board of a class keeps, in the class's folder. */
export const boardFolder = (ofClass: string): string => join(ofClass, "board");

/** What is kept in the board's folder; empty if nothing is. */
export const readKept = async (folder: string): Promise<Kept> =>
  JSON.parse(JSON.stringify((await readJson(fileIn(folder), schema)) ?? {}));

const fileIn = (folder: string): string => join(folder, "kept.json");

export async function openKept(folder: string): Promise<KeptStore> {
  const file = fileIn(folder);
  const value = await readKept(folder);
  let writing: Promise<void> = Promise.resolve();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    value,
    change: (student, change) => {
      value[student] = change(value[student] ?? {});
      // One after the other: an older text must not replace a newer one.
      const written = writing.then(async () => {
        // `class down --forget` has taken the folder away.
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeJson(file, value);
      });
      writing = written.catch(() => {});
      return written;
    },
  };
}
