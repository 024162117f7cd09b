import { resolve } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import { inBytes } from "../../http/size.ts";
import { keptKey } from "../../providers/keys.ts";
import type { SnapshotPart } from "../../providers/types.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { type LabOptions, openSession, type Session, show } from "../../session/session.ts";
import { archiveOf } from "../../snapshots/file/archive.ts";
import { headFor } from "../../snapshots/file/head.ts";
import { recordParts } from "../../snapshots/file/record-parts.ts";
import { assertWritable, writeNew } from "../../snapshots/file/write.ts";
import type { SnapshotRecord } from "../../snapshots/record.ts";
import { assertUndamaged } from "../../snapshots/restorable.ts";
import { print } from "../../ui/print.ts";
import { inSeconds } from "../../wording.ts";
import { recordOf, type Transfer, transferOf } from "./shared.ts";

const wayOn = "Nothing was written. Run `labwright snapshot export NAME FILE` again.";

/** Writes a snapshot with everything that it needs into one new file. */
export async function snapshotExport(name: string, path: string, options: LabOptions): Promise<void> {
  const session = await openSession(options);
  const { lab } = session;
  const transfer = transferOf(session);
  const file = resolve(path);
  await withLabLock(session, async () => {
    const record = await recordOf(lab.name, name);
    assertUndamaged(record, (await transfer.list()).get(name));
    await assertWritable(file);
    const started = Date.now();
    const { result: size } = await show(`snapshot export ${lab.name}`, { ...options, wayOn }, (activity) =>
      activity.child("machine", "write the file", async (child, end) => {
        const size = await write(record, file, { session, transfer, activity: child });
        end({ outcome: "changed" });
        return size;
      }),
    );
    if (options.json) return;
    print(
      `Exported ${name}: ${inBytes(size)} in ${inSeconds((Date.now() - started) / 1000)}, into ${path}.\n` +
        "It holds the key of the cluster's CA and all Secrets, and only you can read it: give it only to people who may have them.\n" +
        "`labwright snapshot import FILE` takes it into a lab of the same lab file.\n",
    );
  });
}

interface Exporting {
  session: Session;
  transfer: Transfer;
  activity: Activity;
}

async function write(
  record: SnapshotRecord,
  file: string,
  { session: { lab, signal }, transfer, activity }: Exporting,
): Promise<number> {
  const { about, parts } = await transfer.export(record.name, signal);
  const all = async function* (): AsyncGenerator<SnapshotPart> {
    yield* recordParts(lab.name, record.name);
    for await (const part of parts) {
      activity.note(part.name);
      yield { name: part.name, content: counted(part, activity) };
    }
  };
  const own = (await keptKey(lab.name))?.publicKey;
  const formerKeys = [...(record.formerKeys ?? []), ...(own === undefined ? [] : [own])];
  const head = headFor({ lab: lab.name, record: { ...record, formerKeys }, about });
  return writeNew(file, archiveOf(head, all()), signal);
}

/** How often progress is shown, in bytes. */
const noted = 50_000_000;

async function* counted({ name, content }: SnapshotPart, activity: Activity): AsyncGenerator<Uint8Array> {
  let [size, next] = [0, noted];
  for await (const bytes of content) {
    size += bytes.length;
    if (size >= next) {
      next = size + noted;
      activity.note(`${name}: ${inBytes(size)}`);
    }
    yield bytes;
  }
}
