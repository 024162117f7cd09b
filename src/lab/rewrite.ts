import { access, constants, realpath, stat } from "node:fs/promises";
import { replaceFile } from "../local/replace-file.ts";

/** Writes another text into a file that a person has written, completely or not at all; links, owner and mode stay. */
export async function rewrite(file: string, text: string): Promise<void> {
  const path = await realpath(file);
  await access(path, constants.W_OK);
  await replaceFile(path, text, await stat(path));
}
