import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { LabwrightError } from "../errors.ts";
import { liveSet, type MachineSet, setOf } from "../lab/machine-set.ts";
import { holderOf, withLock } from "../local/lock.ts";
import { labFolder } from "../paths.ts";
import { assertNoneUnfinished } from "../snapshots/unfinished.ts";
import type { Session } from "./session.ts";

export interface LabLockOptions {
  /** Whether the work is right for a lab whose restore was cut short. */
  amidRestore?: boolean;
  /** Whether the work is right for whatever set of machines the lab has meanwhile. */
  anySet?: boolean;
  /** How long to wait for another run, in milliseconds; by default not at all. */
  patience?: number;
}

const lockOf = (lab: string): string => join(labFolder(lab), "lock");

/** Whether a run works on the lab now. */
export const isLabLocked = ({ name }: Pick<MachineSet, "name">): boolean =>
  holderOf(lockOf(name)) !== undefined;

/**
 * Runs `work` while no other run works on the lab; creates its folder, which is removed if it is empty afterwards. Throws
 * `lab-locked` if another run does, and `restore-unfinished`.
 */
export async function withLabLock<T>(
  { lab }: Pick<Session, "lab">,
  work: () => Promise<T>,
  { amidRestore = false, anySet = false, patience = 0 }: LabLockOptions = {},
): Promise<T> {
  const folder = labFolder(lab.name);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await withLock(
      lockOf(lab.name),
      { code: "lab-locked", what: `the lab ${lab.name}`, patience },
      async () => {
        if (!amidRestore) await assertNoneUnfinished(lab.name);
        if (!anySet) await assertStillLive(lab);
        return work();
      },
    );
  } finally {
    // Fails if it is not empty, as it should.
    if (made !== undefined) await rmdir(folder).catch(() => {});
  }
}

/** While this run waited, another may have let a spare take the place of the machines that this one has looked for. */
async function assertStillLive(lab: MachineSet): Promise<void> {
  if (setOf(lab) === (await liveSet(lab.name))) return;
  throw new LabwrightError({
    code: "lab-replaced",
    message: `the lab "${lab.name}" has other machines since this command began: a spare has replaced them`,
    remedy: "Run the command again.",
  });
}
