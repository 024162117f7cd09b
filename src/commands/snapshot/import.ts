import { basename, resolve } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { inBytes } from "../../http/size.ts";
import { assertNotInterrupted, unlessInterrupted } from "../../interruption.ts";
import { ensureLabId } from "../../lab/identity.ts";
import { keptKey } from "../../providers/keys.ts";
import type { SnapshotPart } from "../../providers/types.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { type LabOptions, openSession, type Session, show } from "../../session/session.ts";
import { assertWhole, partsIn } from "../../snapshots/file/archive.ts";
import { damaged } from "../../snapshots/file/errors.ts";
import { type Head, readHead } from "../../snapshots/file/head.ts";
import { exercisesIn, isRecordPart, keepRecordPart } from "../../snapshots/file/record-parts.ts";
import { completeRecord, draftRecord, removeParts } from "../../snapshots/record.ts";
import { assertImportable } from "../../snapshots/restorable.ts";
import { print } from "../../ui/print.ts";
import { count, inSeconds } from "../../wording.ts";
import { assertNew, removeIncomplete, type Transfer, transferOf } from "./shared.ts";

const wayOn = "Nothing was imported. Run `labwright snapshot import FILE` again.";

/** Takes a snapshot from a file, if it is one of this lab file and complete. */
export async function snapshotImport(path: string, options: LabOptions): Promise<void> {
  const session = await openSession(options);
  const { lab } = session;
  const transfer = transferOf(session);
  const file = resolve(path);
  await withLabLock(session, async () => {
    const head = await readHead(file);
    assertImportable(lab, head.lab, head.record);
    await assertNew(lab.name, head.record.name);
    await assertBuilt(session);
    const started = Date.now();
    await show(`snapshot import ${lab.name}`, { ...options, wayOn }, async (activity) => {
      await activity.child("check", "read the file", ({ note }) =>
        assertWhole(file, (read) => {
          assertNotInterrupted(session.signal);
          note(inBytes(read));
        }),
      );
      await removeIncomplete(session, transfer, activity);
      await take(file, head, { session, transfer, activity });
    });
    if (options.json) return;
    const { name, machines } = head.record;
    const seconds = (Date.now() - started) / 1000;
    print(
      `Imported ${name} from ${basename(file)}: ${count(machines.length, "machine")} in ${inSeconds(seconds)}.\n` +
        `\`labwright snapshot restore ${name}\` returns to it.\n`,
    );
  });
}

interface Importing {
  session: Session;
  transfer: Transfer;
  activity: Activity;
}

async function take(
  file: string,
  { record, about }: Head,
  { session: { lab, signal }, transfer, activity }: Importing,
): Promise<void> {
  const { name } = record;
  const takeParts = await transfer.import(name, about);
  try {
    const draft = await draftRecord(lab.name, name);
    const parts = async function* (): AsyncGenerator<SnapshotPart> {
      for await (const part of partsIn(file))
        if (isRecordPart(part.name))
          await keepRecordPart(draft, part).catch((cause: unknown) => {
            throw cause instanceof RangeError ? damaged(file, cause.message, cause) : cause;
          });
        else yield part;
    };
    await takeParts({ parts: parts(), activity, signal });
    assertNotInterrupted(signal);
    const exercises = await exercisesIn(draft).catch((cause) => {
      throw damaged(file, "its baseline or its exercises cannot be read", cause);
    });
    const contents = (await transfer.list()).get(name) ?? {};
    const absent = Object.keys(record.contents).find(
      (one) => / of /.test(one) && contents[one] === undefined,
    );
    if (absent !== undefined) throw damaged(file, `the ${absent} is missing`);
    const own = (await keptKey(lab.name))?.publicKey;
    const id = await ensureLabId(lab.name);
    // Last: a snapshot without a record is not complete.
    await completeRecord(lab.name, draft, {
      ...record,
      exercises,
      formerKeys: (record.formerKeys ?? []).filter((key) => key !== own),
      imported: record.imported === true || record.id !== id,
      id,
      contents,
    });
  } catch (error) {
    await Promise.allSettled([removeParts(lab.name), transfer.remove([name], activity)]);
    throw error;
  }
}

/** Throws (exit code 2) if the lab does not exist: an import needs its network, and `down` removes snapshots with the lab. */
async function assertBuilt({ lab, provider, signal }: Session): Promise<void> {
  if ((await unlessInterrupted(signal, provider.list())).length > 0) return;
  throw new LabwrightError({
    code: "machine-absent",
    message: `cannot import a snapshot into the lab "${lab.name}": it has no machines`,
    remedy: "Run `labwright up`, then import it.",
    exit: exitCode.usage,
  });
}
