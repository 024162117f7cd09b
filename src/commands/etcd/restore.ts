import { exitCode, LabwrightError } from "../../errors.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { findSnapshot, type Snapshot } from "../../session/etcd-snapshots.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { type LabOptions, openSession, show } from "../../session/session.ts";
import { askYes } from "../../ui/confirm.ts";
import { print } from "../../ui/print.ts";
import { canAsk } from "../../ui/secret.ts";
import { assertLabExists } from "./lab.ts";
import { restoreLab } from "./restore-lab.ts";

export interface RestoreOptions extends LabOptions {
  /** Replaces the question on a terminal. */
  yes?: boolean;
}

const wayOn =
  "Run `labwright etcd restore` with the same snapshot again, or `labwright up` to start what was stopped.";

/** Replaces the cluster's objects by those of a snapshot. */
export async function etcdRestore(word: string | undefined, options: RestoreOptions): Promise<void> {
  const session = await openSession(options);
  const { lab } = session;
  controlPlaneOf(lab);
  const snapshot = await findSnapshot(lab.name, word);
  await assertLabExists(session);
  await withLabLock(session, async () => {
    if (!options.yes && !(await isWanted(lab.name, snapshot))) return print("Nothing was changed.\n");
    const { result: revision } = await show(`etcd restore ${lab.name}`, { ...options, wayOn }, (activity) =>
      restoreLab(session, snapshot, activity),
    );
    if (!options.json) print(`Restored ${snapshot.manifest.name}: etcd goes on with revision ${revision}.\n`);
  });
}

async function isWanted(lab: string, { manifest: { name, time } }: Snapshot): Promise<boolean> {
  if (canAsk()) return askYes(`Replace all objects of the lab "${lab}" by those of ${name} (${time})?`);
  throw new LabwrightError({
    code: "restore-unconfirmed",
    message: `cannot ask whether to restore ${name}, which replaces all objects of the cluster: there is no terminal`,
    remedy: "Run the command again with `--yes`.",
    exit: exitCode.usage,
  });
}
