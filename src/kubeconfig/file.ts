import type { Stats } from "node:fs";
import { lstat, mkdir, open, readFile, readlink, realpath, rm, rmdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isCode, LabwrightError, messageOf } from "../errors.ts";
import { withLock } from "../local/lock.ts";
import { draftOf, removeDeadDrafts, replaceFile } from "../local/replace-file.ts";
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
    await replaceFile(target, text);
    return true;
  }
  // If nothing is left, the file had only labs in it.
  if (text !== "") {
    await mkdir(dirname(backup), { recursive: true, mode: 0o700 });
    await replaceFile(backup, old);
  }
  // A link's target and a mounted file belong to somebody who would miss them: they are only emptied.
  const isPlain = !(await lstat(path)).isSymbolicLink();
  if (text !== "" || !isPlain || !(await removed(target)))
    await replaceFile(target, text, await stat(target));
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
