import { readFile } from "node:fs/promises";
import { runProgram } from "./program.ts";

/** A process of this machine that cannot be mistaken for a later one with the same number. */
export interface ProcessName {
  pid: number;
  /** When it started, as a word in whatever form the system tells; only compared. */
  started: string;
}

/** When a process started; undefined where none with that number runs. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform !== "linux") return startFromPs(pid);
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // proc(5): the program's name stands in parentheses and may hold anything; the fields behind it start with
  // the state (field 3), and the start time is field 22. A zombie (Z) has ended, though nobody has asked how.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields?.[0] === "Z" ? undefined : fields?.[19];
}

async function startFromPs(pid: number): Promise<string | undefined> {
  const started = await runProgram("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => "");
  return started.trim().replaceAll(/\W+/g, "_") || undefined;
}

let own: Promise<ProcessName> | undefined;

/** This very process. */
export const thisProcess = (): Promise<ProcessName> => {
  own ??= processStart(process.pid).then((started) => ({ pid: process.pid, started: started ?? "" }));
  return own;
};

export const isRunning = async ({ pid, started }: ProcessName): Promise<boolean> =>
  (await processStart(pid)) === started;
