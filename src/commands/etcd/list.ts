import { inBytes } from "../../http/size.ts";
import { listSnapshots, type Manifest, snapshotsFolder } from "../../session/etcd-snapshots.ts";
import { type LabOptions, readLab } from "../../session/session.ts";
import { print, printJson } from "../../ui/print.ts";
import { table } from "../../ui/table.ts";

/** Lists the lab's snapshots of etcd, the newest first. Connects to nothing. */
export async function etcdList(options: LabOptions): Promise<void> {
  const { name } = await readLab(options);
  const snapshots = await listSnapshots(name);
  if (options.json) printJson({ lab: name, folder: snapshotsFolder(name), snapshots }, 2);
  else print(snapshotsText(snapshots));
}

/** A row for each snapshot. Ends with a newline. */
export function snapshotsText(snapshots: readonly Manifest[]): string {
  if (snapshots.length === 0) return "There is no snapshot. Make one with `labwright etcd save`.\n";
  const rows = snapshots.map(({ name, kubernetes, revision, keys, size }) => [
    ...[name, kubernetes, String(revision), String(keys), inBytes(size)],
  ]);
  return table([["NAME", "KUBERNETES", "REVISION", "KEYS", "SIZE"], ...rows]);
}
