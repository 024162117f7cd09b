import { join } from "node:path";
import { isCode } from "../errors.ts";
import { holderOf, withLock } from "../local/lock.ts";
import { isAlive } from "../local/process-start.ts";
import { sparesFolder } from "../spares/record.ts";
import { tell } from "../ui/print.ts";
import type { Session } from "./session.ts";

/** Whoever makes or removes spares holds it, for minutes: the lab itself can be used meanwhile. */
const lockOf = (lab: string): string => join(sparesFolder(lab), "lock");

const lockOptions = (lab: string) => ({
  code: "spares-locked",
  what: `the list of spares of the lab ${lab}`,
});

/** Runs `work` while nobody else makes or removes spares of the lab. Throws `spares-locked` after `patience` milliseconds. */
export const withSpares = <T>(lab: string, work: () => Promise<T>, patience = 0): Promise<T> =>
  withLock(lockOf(lab), { ...lockOptions(lab), patience }, work);

/** The process that makes or removes spares of the lab now; undefined if none does. */
export function sparesMaker(lab: string): { pid: number; since: string } | undefined {
  const holder = holderOf(lockOf(lab));
  return holder && { pid: holder.pid, since: holder.since };
}

/**
 * Runs `work` while no spare is being taken and none is chosen to be deleted: either takes some seconds. The lab's own lock would keep
 * people from it meanwhile.
 */
export const withChoice = <T>(lab: string, work: () => Promise<T>): Promise<T> =>
  withLock(join(sparesFolder(lab), "choice"), { ...lockOptions(lab), patience }, work);

/** Milliseconds for a run that was asked to end; after the first, it is asked to end at once. */
const patience = 120_000;
const gentle = 20_000;

/** Runs `work` while nobody makes spares of the lab; a run of this computer that does is asked to end first, and says so. */
export async function withoutRefill<T>({ lab, signal }: Session, work: () => Promise<T>): Promise<T> {
  const ask = (): void => {
    const holder = holderOf(lockOf(lab.name));
    const makes = /^labwright spare (add|refill)$/.test(holder?.command ?? "");
    // A process of another computer with the same number has started at another time.
    if (holder && makes && isAlive(holder.pid, holder.start)) terminate(holder.pid);
  };
  ask();
  const again = setTimeout(ask, gentle);
  const onWait = (holder: string): void => tell(`labwright: ending ${holder}, which makes spares\n`);
  try {
    return await withLock(lockOf(lab.name), { ...lockOptions(lab.name), patience, signal, onWait }, () => {
      clearTimeout(again);
      return work();
    });
  } finally {
    clearTimeout(again);
  }
}

function terminate(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    // It has ended meanwhile.
    if (!isCode(error, "ESRCH")) throw error;
  }
}
