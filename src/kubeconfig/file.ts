import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
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
  const target = await targetOf(path);
  const old = await readFile(target, "utf8").catch(absent);
  readDocument(old ?? "", path);
  const text = change(old ?? "");
  if (text === (old ?? "")) return false;
  if (old === undefined) {
    await replace(target, text);
    return true;
  }
  // Where nothing is left, there was nothing but labs in it, and so nothing to keep.
  if (text !== "") await replace(`${path}.labwright-backup`, old);
  // A link's target belongs to who made the link, and would be missed: it is only emptied.
  if (text === "" && !(await lstat(path)).isSymbolicLink()) await rm(path);
  else await replace(target, text, await stat(target));
  return true;
}

/** The file itself, behind symbolic links, also where the last one leads to nothing yet. */
async function targetOf(path: string): Promise<string> {
  const target = await realpath(path).catch(absent);
  if (target !== undefined) return target;
  const link = await readlink(path).catch(absent);
  return link === undefined ? path : resolve(dirname(path), link);
}

interface Ownership {
  uid: number;
  gid: number;
  mode: number;
}

/** Writes the text beside `path` and moves it there, so that there is always the old or the new, and all of it. */
async function replace(path: string, text: string, like?: Ownership): Promise<void> {
  // The lock keeps others away from this name; what a killed run left there is written over.
  const draft = `${path}.labwright-new`;
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
