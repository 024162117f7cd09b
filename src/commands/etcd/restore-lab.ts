import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { runAll } from "../../hosts/batch.ts";
import type { Command } from "../../hosts/sh.ts";
import type { Host, Output } from "../../hosts/types.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import {
  backupQuestions,
  etcdQuestions,
  etcdStatusIn,
  forgetOldData,
  highestRevision,
  inspectSent,
  type Member,
  makeData,
  memberIn,
  putBack,
  replaceData,
  restoredRevision,
  type SnapshotStatus,
  sentSnapshot,
} from "../../kubernetes/etcd-backup.ts";
import { startControlPlane, stopControlPlane } from "../../kubernetes/static-pods.ts";
import { isControlPlane } from "../../lab/roles.ts";
import { dataOf, type Manifest, type Snapshot } from "../../session/etcd-snapshots.ts";
import { type ConnectedInventory, connectInventory } from "../../session/inventory.ts";
import type { Session } from "../../session/session.ts";
import { minorOf } from "../../versions.ts";
import { listed } from "../../wording.ts";

/** A control plane in a restore. */
interface Place {
  host: Host;
  member: Member;
  /** Whether its etcd worked before: then its old data can be put back. */
  healthy: boolean;
}

/** Restores a snapshot over all members of etcd. Everything that can be refused is refused before anything stops. */
export async function restoreLab(
  { lab, provider, signal }: Session,
  { folder, manifest }: Snapshot,
  activity: Activity,
): Promise<number> {
  const inventory = await connectInventory(lab, provider, signal, { activity });
  const phase = <T>(title: string, work: (one: Activity) => Promise<T>): Promise<T> => {
    assertNotInterrupted(signal);
    return activity.child("task", title, (child) => work(child));
  };
  try {
    const places = await phase("check the snapshot", () => placesFor(inventory, manifest));
    const seen = await phase("send the snapshot", async () =>
      Math.max(...(await each(places, (one) => send(one, dataOf(folder), manifest)))),
    );
    const target = { revision: manifest.revision, seen };
    const members = places.map(({ member }) => member);
    const token = `labwright-${Date.now()}`;
    await phase("make the data of etcd", () =>
      each(places, ({ host, member }) => host.run(makeData({ ...target, member, members, token }))),
    );
    await phase("replace the data of etcd", ({ note }) => replace(places, restoredRevision(target), note));
    return restoredRevision(target);
  } finally {
    await inventory.close();
  }
}

/** An interruption in here would leave the cluster stopped: it is heard afterwards. */
async function replace(
  places: readonly Place[],
  revision: number,
  note: (text: string) => void,
): Promise<void> {
  try {
    note("stopping the control plane");
    await all(places, stopControlPlane);
    await all(places, replaceData);
    note("starting the control plane");
    await all(places, startControlPlane);
    await each(places, (one) => prove(one, revision));
  } catch (error) {
    await rollBack(places, note, error);
  }
  await all(places, forgetOldData);
}

/** Throws the first failure when all have ended: nothing goes on beside what comes next. */
async function each<T>(places: readonly Place[], work: (place: Place) => Promise<T>): Promise<T[]> {
  const ends = await Promise.allSettled(places.map(work));
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

const all = (places: readonly Place[], command: Command): Promise<Output[]> =>
  each(places, ({ host }) => host.run(command));

async function placesFor({ lab, absent, host }: ConnectedInventory, manifest: Manifest): Promise<Place[]> {
  const names = lab.machines.filter(isControlPlane).map(({ name }) => name);
  const off = names.find((name) => absent.has(name));
  if (off !== undefined)
    throw refused(
      `cannot restore etcd: ${off} ${absent.get(off)}`,
      "Run `labwright up`, then restore again: all members are restored together.",
    );
  return Promise.all(names.map(async (name) => placeFor(await host(name), manifest)));
}

async function placeFor(host: Host, manifest: Manifest): Promise<Place> {
  const { cluster, kubernetes, flags, healthy } = await runAll(host, {
    ...backupQuestions,
    ...etcdQuestions,
  });
  const member = flags && memberIn(flags);
  if (!member)
    throw refused(`${host.name} has no etcd of kubeadm's`, "Run `labwright up`, which creates the cluster.");
  if (cluster?.stdout.trim() !== manifest.cluster)
    throw refused(
      `the snapshot ${manifest.name} is another cluster's: its CA is not that of ${host.name}`,
      "Name a snapshot of this cluster: see `labwright etcd list`.",
    );
  const now = kubernetes?.stdout.trim() ?? "";
  if (minorOf(now) !== minorOf(manifest.kubernetes))
    throw refused(
      `the snapshot ${manifest.name} is of Kubernetes ${manifest.kubernetes}, and ${host.name} runs ${now}`,
      "Name a snapshot of the same minor release: see `labwright etcd list`.",
    );
  return { host, member, healthy: healthy?.code === 0 };
}

/** Sends the snapshot, and has etcdutl compare it. Returns the highest revision that clients may have seen. */
async function send({ host }: Place, localFile: string, manifest: Manifest): Promise<number> {
  await host.write({ path: sentSnapshot, content: { localFile }, mode: 0o600 });
  const [first = "", ...rest] = (await host.run(inspectSent)).stdout.trim().split("\n");
  const status = JSON.parse(first) as SnapshotStatus;
  if (status.hash !== manifest.hash || status.revision !== manifest.revision)
    throw refused(
      `the snapshot ${manifest.name} is damaged: etcdutl finds the hash ${status.hash} and the revision ${status.revision}`,
      "Name another snapshot of `labwright etcd list`.",
    );
  return highestRevision(rest);
}

async function prove({ host }: Place, revision: number): Promise<void> {
  const status = etcdStatusIn(await host.run(etcdQuestions.status));
  if ((status?.revision ?? 0) < revision)
    throw new Error(`${host.name}: etcd has revision ${status?.revision}, not at least ${revision}`);
}

/** Puts the old data back where it worked before. Throws in every case: the snapshot is not restored. */
async function rollBack(
  places: readonly Place[],
  note: (text: string) => void,
  cause: unknown,
): Promise<never> {
  const worked = places.every(({ healthy }) => healthy);
  const left: string[] = [];
  if (worked) {
    note("the restored data does not work: putting the old data back");
    // What fails on one machine must not keep the others stopped.
    for (const command of [stopControlPlane, putBack, startControlPlane])
      await each(places, ({ host }) => host.run(command).catch(() => void left.push(host.name)));
  }
  const what = "the control plane did not start with the restored data";
  throw new LabwrightError({
    code: "etcd-not-restored",
    message:
      worked && left.length === 0
        ? `${what}, and works with its old data again`
        : `${what}; the data before is in /var/lib/etcd/labwright/before${left.length > 0 ? ` of ${listed([...new Set(left)])}` : ""}`,
    remedy: "Look at the control plane with `labwright ssh`, then restore again.",
    cause,
  });
}

const refused = (message: string, remedy: string): LabwrightError =>
  new LabwrightError({ code: "restore-refused", message, remedy });
