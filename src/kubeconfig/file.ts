import type { Stats } from "node:fs";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isCode, LabwrightError, messageOf } from "../errors.ts";
import { withLock } from "../local/lock.ts";
import { isRunning, thisProcess } from "../local/process-name.ts";
import { readDocument } from "./document.ts";

export interface UpdateOptions {
  /** Where the old text is kept (mode 0600): in the lab's own folder, until the lab is deleted. */
  backup: string;
}

/**
 * Changes a kubeconfig: under kubectl's own lock, atomically, with owner and mode kept (0600 for a new file), and
 * with a backup. If the path is a symbolic link, its target is changed, and the link stays. If the text becomes "", the file is
 * removed. Returns whether anything changed.
 *
 * Throws FileProblems with file, line and column if the file is not YAML, before anything is written, and a
 * LabwrightError `kubeconfig-locked`, `kubeconfig-no-file` or `kubeconfig-write`.
 */
export async function updateKubeconfig(
  path: string,
  change: (text: string) => string,
  options: UpdateOptions,
): Promise<boolean> {
  return explained(path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return locked(path, () => update(path, change, options));
  });
}

/** Throws `updateKubeconfig`'s errors, and changes nothing. */
export async function assertCanUpdate(path: string): Promise<void> {
  await explained(path, async () => {
    const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await locked(path, async () => {
        const target = await targetOf(path);
        await assertFile(target, path);
        readDocument((await readFile(target, "utf8").catch(absent)) ?? "", path);
        await (await open(target, "r+").catch(absent))?.close();
        const draft = draftOf(target);
        await (await open(draft, "wx", 0o600)).close();
        await rm(draft);
      });
    } finally {
      if (made !== undefined) await removeEmpty(dirname(path), made);
    }
  });
}

/** The file is kubectl's own lock as well. A change takes moments, so a few seconds of waiting are enough. */
const locked = <T>(path: string, work: () => Promise<T>): Promise<T> =>
  withLock(
    `${path}.lock`,
    { code: "kubeconfig-locked", what: `the kubeconfig ${path}`, patience: 20_000 },
    work,
  );

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LabwrightError ? error : cannotWrite(path, error);
  }
}

async function update(
  path: string,
  change: (text: string) => string,
  { backup }: UpdateOptions,
): Promise<boolean> {
  const target = await targetOf(path);
  await assertFile(target, path);
  await removeDeadDrafts(target);
  const old = await readFile(target, "utf8").catch(absent);
  readDocument(old ?? "", path);
  const text = change(old ?? "");
  if (text === (old ?? "")) return false;
  if (old === undefined) {
    await replace(target, text);
    return true;
  }
  // If nothing is left, the file had only labs in it.
  if (text !== "") {
    await mkdir(dirname(backup), { recursive: true, mode: 0o700 });
    await replace(backup, old);
  }
  // A link's target and a mounted file belong to somebody who would miss them: they are only emptied.
  const isPlain = !(await lstat(path)).isSymbolicLink();
  if (text !== "" || !isPlain || !(await removed(target))) await replace(target, text, await stat(target));
  return true;
}

const isBusy = (error: unknown): boolean => isCode(error, "EBUSY");

/** Whether the file was removed: a mounted one stays. */
async function removed(target: string): Promise<boolean> {
  try {
    await rm(target);
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

/** A device, a pipe or a folder would be replaced by a file that holds the cluster's key. */
async function assertFile(target: string, path: string): Promise<void> {
  const found = await stat(target).catch(absent);
  if (found && !found.isFile()) throw noFile(path, found);
}

/** The file itself, behind symbolic links, also if the last one leads to nothing yet. */
async function targetOf(path: string): Promise<string> {
  const target = await realpath(path).catch(absent);
  if (target !== undefined) return target;
  const link = await readlink(path).catch(absent);
  return link === undefined ? path : resolve(dirname(path), link);
}

async function removeEmpty(folder: string, first: string): Promise<void> {
  for (let one = folder; one.startsWith(first); one = dirname(one)) await rmdir(one).catch(() => {});
}

const draftPrefix = (target: string): string => `${basename(target)}.labwright-new-`;

const draftOf = (target: string): string => {
  const { pid, started } = thisProcess();
  return join(dirname(target), `${draftPrefix(target)}${pid}-${started}`);
};

/** A killed run's draft contains keys. A file that only has a similar name belongs to somebody else. */
async function removeDeadDrafts(target: string): Promise<void> {
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

/** Writes the text beside `path` and moves it there, so that readers see the old or the new text, and all of it. */
async function replace(path: string, text: string, like?: Ownership): Promise<void> {
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
    if (!isBusy(error)) throw error;
    await overwrite(path, text);
  }
}

/** A file that is mounted into a container cannot be moved away: rename(2), EBUSY. The backup has what was in it. */
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

function absent(error: unknown): undefined {
  if (!isCode(error, "ENOENT")) throw error;
}

const kindOf = (found: Stats): string =>
  found.isDirectory()
    ? "a folder"
    : found.isCharacterDevice() || found.isBlockDevice()
      ? "a device"
      : "a pipe or socket";

const noFile = (path: string, found: Stats): LabwrightError =>
  new LabwrightError({
    code: "kubeconfig-no-file",
    message: `the kubeconfig ${path} is ${kindOf(found)}, not a file`,
    remedy: "Name a file with KUBECONFIG, or unset KUBECONFIG to use ~/.kube/config.",
  });

const cannotWrite = (path: string, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "kubeconfig-write",
    message: `could not change the kubeconfig ${path}: ${messageOf(cause)}`,
    remedy: "Make the file and its folder writable, or name another file with KUBECONFIG.",
    cause,
  });
