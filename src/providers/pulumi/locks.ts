import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** A lock file of Pulumi's file backend: .pulumi/locks/…/<id>.json */
const lockSchema = z.object({ pid: z.number(), hostname: z.string() });

/** How long an engine that was left alone may take to write down what it has made, in milliseconds. */
const grace = 20_000;

/** How long the cloud may take to carry out what an engine that was ended has just asked it for, in milliseconds. */
const lateness = 3000;

/**
 * Ends what a killed run has left in the lab's own state folder: an engine that still works (it is asked to stop, and
 * gets time to write down what it has made, then is killed), and the locks of engines that are gone.
 * Answers what was mended, in words.
 */
export async function settleEngines(stateFolder: string): Promise<string[]> {
  const folder = join(stateFolder, ".pulumi", "locks");
  const files = (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) =>
    name.endsWith(".json"),
  );
  const mended: string[] = [];
  for (const name of files) {
    const file = join(folder, name);
    const lock = await readLock(file);
    if (lock && lock.hostname !== hostname()) continue;
    if (lock && (await isEngine(lock.pid))) {
      mended.push(`the engine of a killed run (process ${lock.pid}) was ended`);
      await end(lock.pid);
      await sleep(lateness);
    }
    await rm(file, { force: true });
    mended.push("a stale lock was removed");
  }
  return mended;
}

async function readLock(file: string): Promise<z.infer<typeof lockSchema> | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  try {
    return lockSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A process number alone comes again: the program has to be Pulumi's. */
async function isEngine(pid: number): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return /(^|\/)pulumi\0/.test(line);
}

async function end(pid: number): Promise<void> {
  process.kill(pid, "SIGINT");
  for (const until = Date.now() + grace; Date.now() < until && (await isEngine(pid)); ) await sleep(100);
  if (await isEngine(pid)) process.kill(pid, "SIGKILL");
}
