import { chmod, chown, lstat, mkdir, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { LabwrightError, messageOf } from "../errors.ts";
import { readDocument } from "./document.ts";
import { withFileLock } from "./file-lock.ts";

/** The kubeconfig that kubectl writes to: the first entry of KUBECONFIG, else ~/.kube/config. */
export function kubeconfigPath(env: NodeJS.ProcessEnv): string {
  const [first] = (env.KUBECONFIG ?? "").split(delimiter).filter((entry) => entry !== "");
  return first ?? join(env.HOME || homedir(), ".kube", "config");
}

/**
 * Changes a kubeconfig: under kubectl's own lock, atomically, with owner and mode kept (0600 for a new file), and
 * with a backup (0600) beside it. A file that a symbolic link leads to is changed, the link stays. A text that
 * becomes "" takes the file away. Returns whether anything changed.
 *
 * Throws FileProblems with file, line and column where the file is no YAML, before anything is written, and a
 * LabwrightError `kubeconfig-locked` or `kubeconfig-write`.
 */
export async function updateKubeconfig(path: string, change: (text: string) => string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await withFileLock(`${path}.lock`, () => update(path, change));
  } catch (error) {
    throw error instanceof LabwrightError ? error : cannotWrite(path, error);
  }
}

async function update(path: string, change: (text: string) => string): Promise<boolean> {
  const target = await realpath(path).catch(absent);
  const old = target === undefined ? undefined : await readFile(target, "utf8");
  readDocument(old ?? "", path);
  const text = change(old ?? "");
  if (text === (old ?? "")) return false;
  if (target === undefined || old === undefined) {
    await replace(path, text);
    return true;
  }
  await replace(`${path}.labwright-backup`, old);
  // A link's target belongs to who made the link, and would be missed: it is only emptied.
  if (text === "" && !(await lstat(path)).isSymbolicLink()) await rm(path);
  else await replace(target, text, await stat(target));
  return true;
}

interface Ownership {
  uid: number;
  gid: number;
  mode: number;
}

/** Writes the text beside `path` and moves it there, so that there is always the old or the new, and all of it. */
async function replace(path: string, text: string, like?: Ownership): Promise<void> {
  const draft = `${path}.labwright-${process.pid}`;
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
    throw error;
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

const cannotWrite = (path: string, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "kubeconfig-write",
    message: `${path} could not be changed: ${messageOf(cause)}`,
    remedy: "look at the permissions of the file and its folder, or name another file with KUBECONFIG",
    cause,
  });
