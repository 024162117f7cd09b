import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { writeWhole } from "./text-file.ts";

/** The value of a JSON file; undefined if there is no such file, or if it cannot be read or is not of this shape. */
export const readJson = <T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> =>
  readFile(file, "utf8")
    .then((text) => schema.safeParse(JSON.parse(text)).data)
    .catch(() => undefined);

/** Writes a value as JSON into a file that only the user can read (mode 600), completely or not at all. */
export const writeJson = (file: string, value: unknown, indentation = 2): Promise<void> =>
  writeWhole(file, `${JSON.stringify(value, undefined, indentation)}\n`);
