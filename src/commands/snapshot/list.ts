import { type LabOptions, readLab } from "../../session/session.ts";
import { listRecords, type SnapshotRecord } from "../../snapshots/record.ts";
import { print, printJson } from "../../ui/print.ts";
import { table } from "../../ui/table.ts";

/** Lists the lab's snapshots, the oldest first. Connects to nothing. */
export async function snapshotList(options: LabOptions): Promise<void> {
  const { name } = await readLab(options);
  const records = await listRecords(name);
  if (options.json) printJson({ lab: name, snapshots: records.map(told) }, 2);
  else print(snapshotsText(records));
}

const told = ({ name, saved, version, machines, exercises }: SnapshotRecord) => ({
  ...{ name, saved, version, machines, exercises },
});

/** A row for each snapshot. Ends with a newline. */
export function snapshotsText(records: readonly SnapshotRecord[]): string {
  if (records.length === 0) return "There is no snapshot. Make one with `labwright snapshot save NAME`.\n";
  const rows = records.map(({ name, saved, machines, exercises }) => [
    ...[name, saved, machines.map((one) => one.name).join(" "), exercises.join(" ")],
  ]);
  return table([["NAME", "SAVED", "MACHINES", "EXERCISES"], ...rows]);
}
