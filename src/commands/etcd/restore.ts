import { controlPlaneOf } from "../../lab/roles.ts";
import { findSnapshot } from "../../session/etcd-snapshots.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { type ConfirmedOptions, openSession, show } from "../../session/session.ts";
import { isConfirmed } from "../../ui/confirm.ts";
import { print } from "../../ui/print.ts";
import { assertLabExists } from "./lab.ts";
import { restoreLab } from "./restore-lab.ts";

const wayOn =
  "Run `labwright etcd restore` with the same snapshot again, or `labwright up` to start what was stopped.";

/** Replaces the cluster's objects by those of a snapshot. */
export async function etcdRestore(word: string | undefined, options: ConfirmedOptions): Promise<void> {
  const session = await openSession(options);
  const { lab } = session;
  controlPlaneOf(lab);
  const snapshot = await findSnapshot(lab.name, word);
  await assertLabExists(session);
  await withLabLock(session, async () => {
    const { name, time } = snapshot.manifest;
    const isWanted = await isConfirmed({
      question: `Replace all objects of the lab "${lab.name}" by those of ${name} (${time})?`,
      yes: options.yes,
      cannot: {
        code: "restore-unconfirmed",
        message: `cannot ask whether to restore ${name}, which replaces all objects of the cluster`,
      },
    });
    if (!isWanted) return print("Nothing was changed.\n");
    const { result: revision } = await show(`etcd restore ${lab.name}`, { ...options, wayOn }, (activity) =>
      restoreLab(session, snapshot, activity),
    );
    if (!options.json) print(`Restored ${snapshot.manifest.name}: etcd goes on with revision ${revision}.\n`);
  });
}
