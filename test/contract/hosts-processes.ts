import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const readProc = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
};

/** The processes of this machine whose command line, or environment, has a text in it; not ourselves. */
export const processesWith = (text: string, file: "cmdline" | "environ" = "cmdline"): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => readProc(pid, file).includes(text))
    .map(Number);

/** Waits until a condition holds; answers with the milliseconds that took, or throws after `limit`. */
export async function until(what: string, condition: () => boolean, limit = 5000): Promise<number> {
  const from = Date.now();
  while (!condition()) {
    if (Date.now() - from > limit) throw new Error(`${what}: not within ${limit} ms`);
    await delay(20);
  }
  return Date.now() - from;
}

/** An argument for sleep(1) that no other process on the machine has. */
export const uniqueSeconds = (): string => `1000.${process.pid}${Math.floor(Math.random() * 1e9)}`;
