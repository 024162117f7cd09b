import type { Stats } from "node:fs";
import { link, open, rename, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { LabwrightError } from "../errors.ts";

/**
 * kubectl holds its lock for the moments of one write and has no end for it: it makes `config.lock` with O_EXCL,
 * and gives up where there is one (client-go, tools/clientcmd/loader.go, `lockFile`). One that is older than this,
 * in milliseconds, was left by a process that died.
 */
const staleAfter = 10_000;
const pause = 50;

/**
 * Runs `work` while the lock file `path` exists and is ours; waits while it is someone else's. Throws a
 * LabwrightError `kubeconfig-locked` where it stays taken for `patience` milliseconds.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  patience = 2 * staleAfter,
): Promise<T> {
  const deadline = Date.now() + patience;
  while (!(await take(path))) {
    if (Date.now() > deadline) throw locked(path);
    if (!(await discardStale(path))) await sleep(pause);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await (await open(path, "wx", 0o600)).close();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

const isStale = ({ mtimeMs }: Stats): boolean => Date.now() - mtimeMs > staleAfter;

/** Moves a lock away that has become stale. A new one that came in between is put back. */
async function discardStale(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found || !isStale(found)) return false;
  const aside = `${path}.labwright-${process.pid}`;
  try {
    await rename(path, aside);
    if ((await stat(aside)).ino !== found.ino) await link(aside, path);
  } catch {
    // Someone else was faster; whose lock it is now will be seen by the next look.
  }
  await rm(aside, { force: true });
  return true;
}

const locked = (path: string): LabwrightError =>
  new LabwrightError({
    code: "kubeconfig-locked",
    message: `another program is changing the kubeconfig: ${path} does not go away`,
    remedy: `run the command again; if no program is writing there, delete ${path}`,
  });
