import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../local/json-file.ts";
import type { Class } from "./class-file.ts";
import { classFolder } from "./labs.ts";

/** How long a link works, in days: longer than a course, shorter than a leaver's memory. */
const days = 90;

const tokenSchema = z.object({ token: z.string(), until: z.iso.datetime() });

const schema = z.object({
  /** The instructor's. */
  instructor: tokenSchema,
  students: z.record(z.string(), tokenSchema),
});

export type Token = z.output<typeof tokenSchema>;
/** The secrets that open a class's page: whoever has one needs no other password. */
export type Tokens = z.output<typeof schema>;

const fileOf = (name: string): string => join(classFolder(name), "tokens.json");

/**
 * The tokens of the instructor and of each student of the class. Those that are missing or have expired are made; a student who is not in
 * the class any more has none. The caller holds the class's lock.
 */
export async function keepTokens(
  { name, students }: Pick<Class, "name" | "students">,
  now: Date,
): Promise<Tokens> {
  const known = await readTokens(name);
  const stays = (one: Token | undefined): Token => (one && isValid(one, now) ? one : newToken(now));
  const tokens = {
    instructor: stays(known?.instructor),
    students: Object.fromEntries(students.map((student) => [student, stays(known?.students[student])])),
  };
  await mkdir(classFolder(name), { recursive: true, mode: 0o700 });
  await writeJson(fileOf(name), tokens);
  return tokens;
}

/** Undefined if none were made yet. */
export const readTokens = (name: string): Promise<Tokens | undefined> => readJson(fileOf(name), schema);

/** Whether `keepTokens` would make none. */
export const areComplete = (
  { instructor, students: known }: Tokens,
  { students }: Pick<Class, "students">,
  now: Date,
): boolean =>
  students.length === Object.keys(known).length &&
  [instructor, ...students.map((student) => known[student])].every((one) => one && isValid(one, now));

export const isValid = ({ until }: Token, now: Date): boolean => Date.parse(until) > now.getTime();

/** 160 bits, in characters that need no quoting in a URL. */
const newToken = (now: Date): Token => ({
  token: randomBytes(20).toString("base64url"),
  until: new Date(now.getTime() + days * 86_400_000).toISOString(),
});

/** The link that opens the page of whoever has the token; a fragment is not sent to any server, and stands in no log. */
export const linkOf = (address: string, { token }: Token): string =>
  `${address.replace(/\/$/, "")}/#${token}`;
