import { decidedBy } from "../baseline/baseline.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { labId } from "../lab/identity.ts";
import type { Lab } from "../lab/types.ts";
import { ownVersion } from "../own-version.ts";
import type { SnapshotContents } from "../providers/types.ts";
import { listed } from "../wording.ts";
import { form, type SnapshotRecord } from "./record.ts";

const otherLab =
  "Restore it with what it was saved with, or delete it with `labwright snapshot delete NAME`.";

/** Throws (exit code 2) if a snapshot is another lab's, of another lab file, or of another labwright. */
export async function assertFitting(lab: Lab, record: SnapshotRecord): Promise<void> {
  const refuse = (why: string, remedy = otherLab): LabwrightError =>
    new LabwrightError({
      code: "snapshot-of-another",
      message: `cannot restore the snapshot "${record.name}" of the lab "${lab.name}": ${why}`,
      remedy,
      exit: exitCode.usage,
    });
  if (record.id !== (await labId(lab.name))) throw refuse("it was saved of another lab of that name");
  if (record.version !== ownVersion || record.form !== form)
    throw refuse(`labwright ${record.version} has saved it, and this is labwright ${ownVersion}`);
  if (record.decided !== decidedBy(lab))
    throw refuse(
      "the lab file decides something else than it did when the snapshot was saved",
      "Undo the changes of the lab file, or delete the snapshot with `labwright snapshot delete NAME`.",
    );
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
