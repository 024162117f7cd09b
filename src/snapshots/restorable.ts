import { decidedBy } from "../baseline/baseline.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { labId } from "../lab/identity.ts";
import type { Lab } from "../lab/types.ts";
import { ownVersion } from "../own-version.ts";
import type { SnapshotContents } from "../providers/types.ts";
import { listed } from "../wording.ts";
import { form, listRecords, type SnapshotRecord } from "./record.ts";
import { assertNoneUnfinished, unfinishedRestore } from "./unfinished.ts";

const otherLab =
  "Restore it with what it was saved with, or delete it with `labwright snapshot delete NAME`.";

/** Throws (exit code 2) if a snapshot is another lab's, of another lab file, or of another labwright. */
export async function assertFitting(lab: Lab, record: SnapshotRecord): Promise<void> {
  const refuse = (why: string, remedy = otherLab): LabwrightError =>
    refused(`cannot restore the snapshot "${record.name}" of the lab "${lab.name}": ${why}`, remedy);
  if (record.id !== (await labId(lab.name))) throw refuse("it was saved of another lab of that name");
  const flaw = flawFor(lab, record);
  if (flaw)
    throw refuse(
      flaw.why,
      flaw.ofFile
        ? "Undo the changes of the lab file, or delete the snapshot with `labwright snapshot delete NAME`."
        : otherLab,
    );
}

/** Throws (exit code 2) if a snapshot from a file is of another lab file or of another labwright. */
export function assertImportable(lab: Lab, of: string, record: SnapshotRecord): void {
  const refuse = (why: string, remedy: string): LabwrightError =>
    refused(`cannot import the snapshot "${record.name}" into the lab "${lab.name}": ${why}`, remedy);
  const sameFile = "Use the lab file with which the snapshot was saved.";
  if (of !== lab.name) throw refuse(`it is of the lab "${of}"`, sameFile);
  const flaw = flawFor(lab, record);
  if (flaw) throw refuse(flaw.why, flaw.ofFile ? sameFile : `Install labwright ${record.version}.`);
}

const refused = (message: string, remedy: string): LabwrightError =>
  new LabwrightError({ code: "snapshot-of-another", message, remedy, exit: exitCode.usage });

interface LabFlaw {
  why: string;
  /** Whether it is the lab file's; else it is labwright's version. */
  ofFile: boolean;
}

function flawFor(lab: Lab, record: SnapshotRecord): LabFlaw | undefined {
  if (record.version !== ownVersion || record.form !== form)
    return {
      why: `labwright ${record.version} has saved it, and this is labwright ${ownVersion}`,
      ofFile: false,
    };
  if (record.decided === decidedBy(lab)) return undefined;
  return { why: "the lab file decides something else than it did when the snapshot was saved", ofFile: true };
}

/** Throws `snapshot-damaged` unless everything that the provider had of a snapshot is there as it was. */
export function assertUndamaged({ name, contents }: SnapshotRecord, now: SnapshotContents = {}): void {
  const flaws = Object.entries(contents).flatMap(([what, known]) => {
    if (now[what] === undefined) return [`the ${what} is missing`];
    return now[what] === known ? [] : [`the ${what} is another one`];
  });
  if (flaws.length === 0) return;
  throw new LabwrightError({
    code: "snapshot-damaged",
    message: `the snapshot "${name}" is damaged: ${listed(flaws)}`,
    remedy: `Nothing was changed. Delete it with \`labwright snapshot delete ${name}\`.`,
  });
}

/** Amid the restore of an imported snapshot the baseline has the logins of another lab. Throws `restore-unfinished`. */
export async function assertOwnRestore(lab: string): Promise<void> {
  const unfinished = await unfinishedRestore(lab);
  if (!unfinished) return;
  const record = (await listRecords(lab)).find(({ name }) => name === unfinished.snapshot);
  if (!record || record.imported) await assertNoneUnfinished(lab);
}
