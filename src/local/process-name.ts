import { startOf } from "./process-start.ts";

/** A process of this machine that cannot be mistaken for a later one with the same number. */
export interface ProcessName {
  pid: number;
  /** When it started, as a word in the system's own form; only compared. */
  started: string;
}

const wordOf = (start: string | undefined): string | undefined => start?.trim().replaceAll(/\W+/g, "_");

/** This process. */
export const thisProcess = (): ProcessName => ({
  pid: process.pid,
  started: wordOf(startOf(process.pid)) ?? "",
});

/** The same as a word that can be a part of a label, or of a file's name. */
export function thisProcessWord(): string {
  const { pid, started } = thisProcess();
  return `${pid}-${started}`;
}

/** Whether the process of such a word still runs; more may follow it after a hyphen. */
export function isRunningAs(word: string): boolean {
  const [pid = "", started = ""] = word.split("-");
  return isRunning({ pid: Number(pid), started });
}

export const isRunning = ({ pid, started }: ProcessName): boolean => wordOf(startOf(pid)) === started;
