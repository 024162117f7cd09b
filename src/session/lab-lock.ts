import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../local/lock.ts";
import { labFolder } from "../paths.ts";
import { assertNoneUnfinished } from "../snapshots/unfinished.ts";
import type { Session } from "./session.ts";

export interface LabLockOptions {
  /** Whether the work is right for a lab whose restore was cut short. */
  amidRestore?: boolean;
}

/**
 * Runs `work` while no other run works on the lab; creates its folder, which is removed if it is empty afterwards. Throws
 * `lab-locked` if another run does, and `restore-unfinished`.
 */
export async function withLabLock<T>(
  { lab }: Pick<Session, "lab">,
  work: () => Promise<T>,
  { amidRestore = false }: LabLockOptions = {},
): Promise<T> {
  const folder = labFolder(lab.name);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await withLock(
      join(folder, "lock"),
      { code: "lab-locked", what: `the lab ${lab.name}` },
      async () => {
        if (!amidRestore) await assertNoneUnfinished(lab.name);
        return work();
      },
    );
  } finally {
    // Fails if it is not empty, as it should.
    if (made !== undefined) await rmdir(folder).catch(() => {});
  }
}
