import { readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { readJson } from "../../local/json-file.ts";
import { processesHere, signal, wordsOf } from "../../local/processes.ts";
import { engineHome, stateFolder } from "./folders.ts";

/** A lock file of Pulumi's file backend: .pulumi/locks/…/<id>.json */
const lockSchema = z.object({ pid: z.number(), hostname: z.string() });

/** How long an orphaned engine may take to record what it has created, in milliseconds. */
const grace = 20_000;

/** How long the cloud may take to carry out the last request of an engine that was ended, in milliseconds. */
const lateness = 3000;

/**
 * Ends what a killed run of the lab has left on this computer: an engine that still works (it is asked to stop, and
 * gets time to record what it has created, then is killed), plugins whose engine is gone, and the locks of such engines.
 * Returns what was repaired, in words.
 */
export async function settleEngines(lab: string): Promise<string[]> {
  const folder = join(stateFolder(lab), ".pulumi", "locks");
  const files = (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) =>
    name.endsWith(".json"),
  );
  const mended: string[] = [];
  for (const name of files) {
    const file = join(folder, name);
    const lock = await readJson(file, lockSchema);
    if (lock && lock.hostname !== hostname()) continue;
    if (lock && (await isEngine(lock.pid))) {
      mended.push(`the engine of a killed run (process ${lock.pid}) was stopped`);
      await end(lock.pid);
      await sleep(lateness);
    }
    await rm(file, { force: true });
    mended.push("a stale lock was removed");
  }
  return [...mended, ...(await endPlugins(lab))];
}

/** A plugin has its own process group, and survives if its engine is killed. */
async function endPlugins(lab: string): Promise<string[]> {
  const plugins = join(engineHome(lab), "plugins/");
  const found = await Promise.all(
    (await processesHere()).map(async (pid) => {
      const [program = ""] = await wordsOf(pid, "cmdline");
      return program.startsWith(plugins) ? [pid] : [];
    }),
  );
  const left = found.flat();
  for (const pid of left) signal(pid, "SIGKILL");
  return left.map((pid) => `a plugin of a killed engine (process ${pid}) was stopped`);
}

/** Process numbers are reused: the program has to be Pulumi's. */
async function isEngine(pid: number): Promise<boolean> {
  return (await wordsOf(pid, "cmdline")).some((word) => /(^|\/)pulumi$/.test(word));
}

async function end(pid: number): Promise<void> {
  signal(pid, "SIGINT");
  for (const until = Date.now() + grace; Date.now() < until && (await isEngine(pid)); ) await sleep(100);
  if (await isEngine(pid)) signal(pid, "SIGKILL");
}
