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

export const isRunning = ({ pid, started }: ProcessName): boolean => wordOf(startOf(pid)) === started;
