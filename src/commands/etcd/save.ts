import { gunzipSync } from "node:zlib";
import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { runAll } from "../../hosts/batch.ts";
import type { Host } from "../../hosts/types.ts";
import { inBytes } from "../../http/size.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import {
  backupQuestions,
  etcdQuestions,
  etcdStatusIn,
  forgetSnapshot,
  measureSnapshot,
  readSnapshot,
  type SnapshotStatus,
  takeSnapshot,
} from "../../kubernetes/etcd-backup.ts";
import { jsonOf } from "../../kubernetes/kubectl.ts";
import { isControlPlane } from "../../lab/roles.ts";
import {
  type Manifest,
  pruneSnapshots,
  snapshotName,
  snapshotsFolder,
  storeSnapshot,
} from "../../session/etcd-snapshots.ts";
import { type ConnectedInventory, connectInventory } from "../../session/inventory.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { type LabOptions, openSession, type Session, show } from "../../session/session.ts";
import { print } from "../../ui/print.ts";
import { listed } from "../../wording.ts";
import { assertLabExists } from "./lab.ts";

export interface SaveOptions extends LabOptions {
  /** How many snapshots stay. */
  keep: number;
}

interface Saved {
  manifest: Manifest;
  removed: string[];
}

/** Takes a snapshot of etcd into the lab's folder on this computer, and removes the oldest ones. */
export async function etcdSave(options: SaveOptions): Promise<void> {
  const session = await openSession(options);
  await assertLabExists(session);
  await withLabLock(session, async () => {
    const { result } = await show(`etcd save ${session.lab.name}`, options, (activity) =>
      saveLab(session, activity, options.keep),
    );
    if (!options.json) print(savedText(session.lab.name, result));
  });
}

const savedText = (lab: string, { manifest: { name, revision, size }, removed }: Saved): string =>
  [
    `Saved ${name}: revision ${revision}, ${inBytes(size)}, in ${snapshotsFolder(lab)}.\n`,
    ...(removed.length > 0 ? [`Removed the oldest: ${listed(removed)}.\n`] : []),
  ].join("");

async function saveLab({ lab, provider, signal }: Session, activity: Activity, keep: number): Promise<Saved> {
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    const host = await healthyMember(inventory);
    return await activity.child(
      "task",
      "take a snapshot",
      async ({ note }, end) => {
        const manifest = await copySnapshot(host, lab.name, note, signal);
        const removed = await pruneSnapshots(lab.name, keep);
        end({ outcome: "changed", details: [manifest.name] });
        return { manifest, removed };
      },
      { machine: host.name },
    );
  } finally {
    await inventory.close();
  }
}

/** The first control plane whose etcd answers. Throws `etcd-unhealthy` if none does. */
async function healthyMember({ lab, absent, host }: ConnectedInventory): Promise<Host> {
  const names = lab.machines
    .filter((one) => isControlPlane(one) && !absent.has(one.name))
    .map(({ name }) => name);
  for (const name of names) {
    const one = await host(name);
    const { code } = await one.run(etcdQuestions.healthy, { accept: "any" });
    if (code === 0) return one;
  }
  throw new LabwrightError({
    code: "etcd-unhealthy",
    message: `etcd does not answer on ${names.length > 0 ? listed(names) : "any control plane: none is running"}`,
    remedy: "Run `labwright up`, or restore a snapshot with `labwright etcd restore`.",
  });
}

const pieceSize = 16 * 1024 * 1024;

async function copySnapshot(
  host: Host,
  lab: string,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<Manifest> {
  note("taking the snapshot");
  const status = jsonOf<SnapshotStatus>(await host.run(takeSnapshot));
  if (!status) throw new Error("etcdutl printed no status");
  try {
    const { measure, cluster, kubernetes, etcd } = await runAll(host, {
      ...{ measure: measureSnapshot, etcd: etcdQuestions.status },
      ...backupQuestions,
    });
    const [size = "", sha256 = ""] = measure?.stdout.trim().split(" ") ?? [];
    const now = new Date();
    const manifest: Manifest = {
      ...{
        kind: "labwright etcd snapshot",
        name: snapshotName(now),
        lab,
        cluster: cluster?.stdout.trim() ?? "",
      },
      kubernetes: kubernetes?.stdout.trim() ?? "",
      etcd: (etcd && etcdStatusIn(etcd)?.version) ?? "",
      ...{ revision: status.revision, keys: status.totalKey, hash: status.hash },
      ...{ size: Number(size), sha256, time: now.toISOString() },
    };
    await storeSnapshot(manifest, async (piece) => {
      for (let offset = 0; offset < manifest.size; offset += pieceSize) {
        assertNotInterrupted(signal);
        note(`copying: ${inBytes(offset)} of ${inBytes(manifest.size)}`);
        const { stdout } = await host.run(readSnapshot(offset, pieceSize));
        await piece(gunzipSync(Buffer.from(stdout, "base64")));
      }
    });
    return manifest;
  } finally {
    await host.run(forgetSnapshot, { accept: "any" });
  }
}
