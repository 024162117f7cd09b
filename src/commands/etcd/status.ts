import { messageOf } from "../../errors.ts";
import { runAll } from "../../hosts/batch.ts";
import { inBytes } from "../../http/size.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { type EtcdStatus, etcdQuestions, etcdStatusIn } from "../../kubernetes/etcd-backup.ts";
import { controlPlaneOf, isControlPlane } from "../../lab/roles.ts";
import { listSnapshots } from "../../session/etcd-snapshots.ts";
import { connectInventory } from "../../session/inventory.ts";
import { type LabOptions, openSession } from "../../session/session.ts";
import { print, printJson } from "../../ui/print.ts";
import { table } from "../../ui/table.ts";
import { count } from "../../wording.ts";

/** A member of etcd as `labwright etcd status` shows it. */
export interface MemberStatus {
  name: string;
  /** Why it has no status. */
  why?: string;
  status?: EtcdStatus;
  /** Whether a restore was interrupted there. */
  interrupted: boolean;
}

/** Shows the health of etcd on each control plane, and the newest snapshot. Changes nothing. */
export async function etcdStatus(options: LabOptions): Promise<void> {
  const { lab, provider, signal } = await openSession(options);
  controlPlaneOf(lab);
  const inventory = await connectInventory(lab, provider, signal);
  try {
    const members = await Promise.all(
      lab.machines.filter(isControlPlane).map(async ({ name }): Promise<MemberStatus> => {
        const why = inventory.absent.get(name);
        if (why !== undefined) return { name, why, interrupted: false };
        try {
          const { status, interrupted } = await runAll(await inventory.host(name), etcdQuestions, { signal });
          const known = status && etcdStatusIn(status);
          const isLeft = interrupted?.stdout.trim() !== "";
          return {
            name,
            ...(known ? { status: known } : { why: "etcd does not answer" }),
            interrupted: isLeft,
          };
        } catch (error) {
          assertNotInterrupted(signal);
          return { name, why: messageOf(error), interrupted: false };
        }
      }),
    );
    const snapshots = await listSnapshots(lab.name);
    const [last] = snapshots;
    if (options.json)
      printJson({ lab: lab.name, members, snapshots: snapshots.length, ...(last && { last }) }, 2);
    else print(etcdText(members, snapshots.length, last?.name));
  } finally {
    await inventory.close();
  }
}

/** A row for each member, and a line about the snapshots. Ends with a newline. */
export function etcdText(
  members: readonly MemberStatus[],
  snapshots: number,
  last: string | undefined,
): string {
  const rows = members.map(({ name, why, status }) =>
    status
      ? [
          ...[name, status.version, status.isLeader ? "leader" : "follower", String(status.revision)],
          `${inBytes(status.size)}${status.quota === undefined ? "" : ` of ${inBytes(status.quota)}`}`,
          status.errors.join("; ") || "ok",
        ]
      : [name, "", "", "", "", why ?? ""],
  );
  const left = members.filter(({ interrupted }) => interrupted).map(({ name }) => name);
  return [
    table([["MACHINE", "ETCD", "ROLE", "REVISION", "SIZE", "HEALTH"], ...rows]),
    last === undefined
      ? "No snapshot: make one with `labwright etcd save`.\n"
      : `${count(snapshots, "snapshot")}, the newest is ${last}.\n`,
    ...left.map((name) => `${name}: a restore was interrupted. Run \`labwright etcd restore\` again.\n`),
  ].join("");
}
