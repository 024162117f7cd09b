import { chmod, chown, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isCode } from "../errors.ts";
import { isRunning, thisProcess } from "./process-name.ts";

const draftPrefix = (target: string): string => `${basename(target)}.labwright-new-`;

/** The file beside `target` that has the new text until it is moved there: named after this process. */
export const draftOf = (target: string): string => {
  const { pid, started } = thisProcess();
  return join(dirname(target), `${draftPrefix(target)}${pid}-${started}`);
};

/** Removes the drafts of killed runs. A file that only has a similar name belongs to somebody else. */
export async function removeDeadDrafts(target: string): Promise<void> {
  const prefix = draftPrefix(target);
  for (const name of await readdir(dirname(target))) {
    const [, pid, started = ""] =
      /^(\d+)-(\w+)$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : "") ?? [];
    if (pid !== undefined && !isRunning({ pid: Number(pid), started }))
      await rm(join(dirname(target), name), { force: true });
  }
}

interface Ownership {
  uid: number;
  gid: number;
  mode: number;
}

/**
 * Replaces a file's text, or creates the file: writes beside `path` and moves it there, so that readers see the old or the new
 * text, and all of it. `path` must not be a link. Owner and mode are those of `like`; absent: 0600.
 */
export async function replaceFile(path: string, text: string, like?: Ownership): Promise<void> {
  const draft = draftOf(path);
  try {
    const file = await open(draft, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    if (like) {
      const { uid, gid } = await stat(draft);
      if (uid !== like.uid || gid !== like.gid) await chown(draft, like.uid, like.gid);
      await chmod(draft, like.mode & 0o7777);
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    if (!isCode(error, "EBUSY")) throw error;
    await overwrite(path, text);
  }
}

/** A file that is mounted into a container cannot be moved away: rename(2), EBUSY. */
async function overwrite(path: string, text: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.write(text, 0);
    await file.truncate(Buffer.byteLength(text));
    await file.sync();
  } finally {
    await file.close();
  }
}
