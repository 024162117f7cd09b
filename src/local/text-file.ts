import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { isCode } from "../errors.ts";

/** A file's text; undefined if there is no such file. */
export const textOf = (file: string): Promise<string | undefined> =>
  readFile(file, "utf8").catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  });

/**
 * Writes a file of ours, by default for the user only (mode 600): a run that is killed, or a computer that loses its power, leaves
 * the old text or the new one, and never a part. No two processes may write the same file at once: the caller holds the lab's lock.
 */
export async function writeWhole(file: string, text: string, mode = 0o600): Promise<void> {
  await writeFile(`${file}.new`, text, { mode, flush: true });
  await rename(`${file}.new`, file);
}

/** The same for a file that another process may make at the same time: the first one's text stays. */
export async function createWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  try {
    await writeFile(draft, text, { mode: 0o600, flush: true });
    // Unlike a rename, a link never replaces a file that was made meanwhile.
    await link(draft, file);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
