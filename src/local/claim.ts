import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { isRunning, type ProcessName, thisProcess } from "./process-name.ts";

const holderSchema = z.object({ pid: z.int().positive(), started: z.string() });

/** Milliseconds between two looks at a claim that another process holds. */
const pollInterval = 250;

export interface ClaimOptions {
  signal?: AbortSignal | undefined;
  /** Called once when another living process holds the claim. */
  onWait?: (holder: ProcessName) => void;
}

/**
 * Waits until no other living process holds `file`, then holds it while `work` runs. A claim saves double work and
 * protects nothing: two processes that take over a dead one's claim in the same instant may both go on, so what they
 * make has to appear by one rename.
 */
export async function withClaim<T>(file: string, options: ClaimOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  const own = thisProcess();
  const draft = `${file}.${own.pid}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    await take(file, draft, options);
  } finally {
    await rm(draft, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, draft: string, { signal, onWait }: ClaimOptions): Promise<void> {
  for (let told = false; ; ) {
    signal?.throwIfAborted();
    if (await linked(draft, file)) return;
    const holder = await holderOf(file);
    if (holder !== undefined && isRunning(holder)) {
      if (!told) onWait?.(holder);
      told = true;
      await sleep(pollInterval, undefined, signal ? { signal } : {});
    } else {
      const stale = `${draft}.stale`;
      await rename(file, stale).catch(() => undefined);
      await rm(stale, { force: true });
    }
  }
}

/** A link appears with its whole content at once, and only where nothing stands yet. */
const linked = (draft: string, file: string): Promise<boolean> =>
  link(draft, file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );

/** Undefined where the claim is gone again, or is not one of ours. */
async function holderOf(file: string): Promise<ProcessName | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}
