import type { Activity } from "../../activity/activity.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { longestName, label as nameRule } from "../../lab/names.ts";
import { choose, shown } from "../../lab/nearest.ts";
import type { Snapshots } from "../../providers/types.ts";
import type { Session } from "../../session/session.ts";
import { listRecords, removeParts, type SnapshotRecord } from "../../snapshots/record.ts";

/** Throws (exit code 2) if the lab's machines cannot be copied, with the reason. */
export function snapshotsOf({ lab, provider }: Session): Snapshots {
  if (provider.snapshots) return provider.snapshots;
  const why = provider.machinesStay
    ? "its hosts existed before it and belong to their owner, and labwright does not replace what is on them"
    : `machines of the provider ${lab.provider} cannot be copied at one point in time`;
  throw new LabwrightError({
    code: "snapshot-unsupported",
    message: `the lab "${lab.name}" has no snapshots: ${why}`,
    remedy:
      "Machines of the providers docker and incus can be saved. `labwright etcd save` saves the objects of any cluster.",
    exit: exitCode.usage,
  });
}

/** Snapshots that can leave the provider's engine. */
export type Transfer = Snapshots & Required<Pick<Snapshots, "export" | "import">>;

/** Throws (exit code 2) if the lab's snapshots cannot be exported and imported, with the reason. */
export function transferOf(session: Session): Transfer {
  const snapshots = snapshotsOf(session);
  if (isTransfer(snapshots)) return snapshots;
  throw new LabwrightError({
    code: "snapshot-export-unsupported",
    message: `snapshots of the lab "${session.lab.name}" cannot be exported or imported: those of the provider ${session.lab.provider} belong to its machines, and cannot leave its server`,
    remedy:
      "Snapshots of the provider docker can be exported. `labwright etcd save` saves the objects of any cluster.",
    exit: exitCode.usage,
  });
}

const isTransfer = (one: Snapshots): one is Transfer => one.export !== undefined && one.import !== undefined;

/** Throws (exit code 2) if a word cannot be a snapshot's name. */
export function assertSnapshotName(name: string): void {
  if (nameRule.test(name) && name.length <= longestName) return;
  throw new LabwrightError({
    code: "snapshot-name",
    message: `${shown(name)} cannot be the name of a snapshot`,
    remedy: `Use at most ${longestName} lower-case letters, digits and hyphens, with a letter or digit at both ends.`,
    exit: exitCode.usage,
  });
}

/** The record of a snapshot. Throws (exit code 2) if there is none of that name. */
export async function recordOf(lab: string, name: string): Promise<SnapshotRecord> {
  assertSnapshotName(name);
  const records = await listRecords(lab);
  const record = records.find((one) => one.name === name);
  if (record) return record;
  const known = records.map((one) => one.name);
  throw new LabwrightError({
    code: "no-snapshot",
    message: `the lab "${lab}" has no snapshot "${name}"`,
    remedy: known.length === 0 ? "Make one with `labwright snapshot save NAME`." : choose(name, known),
    exit: exitCode.usage,
  });
}

/** Throws (exit code 2) if the lab has a snapshot of that name. */
export async function assertNew(lab: string, name: string): Promise<void> {
  const known = (await listRecords(lab)).find((one) => one.name === name);
  if (!known) return;
  throw new LabwrightError({
    code: "snapshot-exists",
    message: `the lab "${lab}" has a snapshot "${name}" already, saved at ${known.saved}`,
    remedy: `Use another name, or delete it with \`labwright snapshot delete ${name}\`.`,
    exit: exitCode.usage,
  });
}

/** Removes what killed commands have left of snapshots, and nothing of complete ones. */
export async function removeIncomplete(
  { lab, signal }: Session,
  snapshots: Snapshots,
  activity: Activity,
): Promise<void> {
  await removeParts(lab.name);
  const complete = (await listRecords(lab.name)).map(({ name }) => name);
  const left = [...(await snapshots.list()).keys()].filter((name) => !complete.includes(name));
  await snapshots.remove(left, activity, signal);
}
