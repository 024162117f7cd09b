import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Activity } from "../activity/activity.ts";
import { type LockOptions, withLock } from "../local/lock.ts";
import { isRunning, thisProcess } from "../local/process-name.ts";

export interface Wanted {
  /** What it is, in the singular: `images`, `component`. A folder's name. */
  kind: string;
  /** The hash of all that it is made from. A folder's name. */
  id: string;
  /** Where we say that we wait for another process. */
  activity: Activity;
}

/**
 * Artifacts by the hash of what they were made from, shared by all labs of a user. An entry is a folder that appears
 * complete, by one rename, and is not changed afterwards.
 */
export interface Cache {
  /** The folder of a complete entry; undefined if there is none. */
  find(kind: string, id: string): Promise<string | undefined>;
  /**
   * The folder of an entry, made by `make` in a temporary folder if there is none. Concurrent callers, in this
   * process or in others, share one making. What `make` throws goes to every caller of this process.
   */
  entry(wanted: Wanted, make: (folder: string) => Promise<void>): Promise<string>;
}

/** `folder` holds one folder a kind. `signal` ends waiting for other processes; `make` has to see to its own end. */
export function openCache(folder: string, signal?: AbortSignal): Cache {
  const inProgress = new Map<string, Promise<string>>();

  async function find(kind: string, id: string): Promise<string | undefined> {
    const place = join(folder, kind, id);
    const stats = await stat(place).catch(() => undefined);
    return stats?.isDirectory() ? place : undefined;
  }

  async function makeOnce({ kind, id, activity }: Wanted, make: (folder: string) => Promise<void>) {
    const kindFolder = join(folder, kind);
    const place = join(kindFolder, id);
    const lock: LockOptions = {
      code: "artifact-locked",
      what: `the artifact ${kind}/${id}`,
      patience: Number.POSITIVE_INFINITY,
      signal,
      onWait: (holder) => activity.note(`waiting for ${holder}, which is building the same`),
    };
    await mkdir(kindFolder, { recursive: true, mode: 0o755 });
    return withLock(join(kindFolder, `.${id}.lock`), lock, async () => {
      if (await find(kind, id)) return place;
      await removeLeftovers(kindFolder);
      const draft = await draftFolder(kindFolder);
      try {
        await make(draft);
        await seal(draft);
        await publish(draft, place);
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
      return place;
    });
  }

  return {
    find,
    async entry(wanted, make) {
      const cached = await find(wanted.kind, wanted.id);
      if (cached) return cached;
      const key = join(wanted.kind, wanted.id);
      const shared = inProgress.get(key);
      if (shared) return shared;
      const promise = makeOnce(wanted, make).finally(() => inProgress.delete(key));
      inProgress.set(key, promise);
      return promise;
    },
  };
}

/** Its name has the process that fills it, so that what a killed process left is recognised. */
async function draftFolder(kindFolder: string): Promise<string> {
  const { pid, started } = thisProcess();
  const draft = await mkdtemp(join(kindFolder, `.draft-${pid}-${started}-`));
  await chmod(draft, 0o755);
  return draft;
}

/** Removes the drafts of processes that have ended. */
async function removeLeftovers(kindFolder: string): Promise<void> {
  for (const name of await readdir(kindFolder)) {
    const [, pid, started] = /^\.draft-(\d+)-(\w+)-/.exec(name) ?? [];
    if (pid === undefined || started === undefined) continue;
    const alive = isRunning({ pid: Number(pid), started });
    if (!alive) await rm(join(kindFolder, name), { recursive: true, force: true });
  }
}

/** Takes write permission from the files; the folders keep it, so that their owner can remove them. */
async function seal(folder: string): Promise<void> {
  for (const item of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!item.isFile()) continue;
    const file = join(item.parentPath, item.name);
    const { mode } = await stat(file);
    await chmod(file, (mode & 0o555) | 0o444);
  }
}

/** Another process may have been first: equal ids mean equal content, so its entry does as well. */
async function publish(draft: string, place: string): Promise<void> {
  try {
    await rename(draft, place);
  } catch (error) {
    if (!(await stat(place).catch(() => undefined))) throw error;
  }
}
