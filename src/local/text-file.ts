import { readFile } from "node:fs/promises";

/** A file's text; undefined if there is no such file. */
export const textOf = (file: string): Promise<string | undefined> =>
  readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
