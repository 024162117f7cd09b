import { withLabLock } from "../../session/lab-lock.ts";
import { type ConfirmedOptions, openSession, show } from "../../session/session.ts";
import { removeRecord } from "../../snapshots/record.ts";
import { isConfirmed } from "../../ui/confirm.ts";
import { print } from "../../ui/print.ts";
import { recordOf, removeIncomplete, snapshotsOf } from "./shared.ts";

const wayOn = "Run `labwright snapshot save NAME` or `labwright down`, which remove what is left of it.";

/** Deletes a snapshot, and what killed commands have left of others. */
export async function snapshotDelete(name: string, options: ConfirmedOptions): Promise<void> {
  const session = await openSession(options);
  const { lab } = session;
  const snapshots = snapshotsOf(session);
  await withLabLock(session, async () => {
    const { saved } = await recordOf(lab.name, name);
    const isWanted = await isConfirmed({
      question: `Delete the snapshot "${name}" of the lab "${lab.name}", saved at ${saved}?`,
      yes: options.yes,
      cannot: {
        code: "snapshot-unconfirmed",
        message: `cannot ask whether to delete the snapshot "${name}"`,
      },
    });
    if (!isWanted) return print("Nothing was changed.\n");
    await show(`snapshot delete ${lab.name}`, { ...options, wayOn }, async (activity) => {
      // First: what is left of a snapshot without a record is removed by the next command.
      await removeRecord(lab.name, name);
      await removeIncomplete(session, snapshots, activity);
    });
    if (!options.json) print(`Deleted ${name}.\n`);
  });
}
