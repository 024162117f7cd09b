import { readFile } from "node:fs/promises";
import { isCode } from "../errors.ts";

/** A file's text; undefined if there is no such file. */
export const textOf = (file: string): Promise<string | undefined> =>
  readFile(file, "utf8").catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  });
