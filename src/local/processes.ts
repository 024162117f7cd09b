import { readdir, readFile } from "node:fs/promises";

/** The numbers of this computer's processes, as proc(5) has them. Linux only; elsewhere none are known. */
export async function processesHere(): Promise<number[]> {
  const names = await readdir("/proc").catch((): string[] => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** A process's arguments, or the variables that it was started with; only empty words if there is no such process. */
export async function wordsOf(pid: number, file: "cmdline" | "environ"): Promise<string[]> {
  return (await readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")).split("\0");
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
