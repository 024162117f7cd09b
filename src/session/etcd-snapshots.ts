import { createHash } from "node:crypto";
import { chmod, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { exitCode, isCode, LabwrightError } from "../errors.ts";
import { sha256OfFile } from "../local/hash.ts";
import { writeJson } from "../local/json-file.ts";
import { labFolder } from "../paths.ts";

/** What is known of a snapshot: `manifest.json` beside it. */
export interface Manifest {
  kind: "labwright etcd snapshot";
  /** The name of its folder. */
  name: string;
  lab: string;
  /** The SHA-256 of the cluster's CA certificate. */
  cluster: string;
  kubernetes: string;
  etcd: string;
  revision: number;
  keys: number;
  /** The hash that etcdutl prints. */
  hash: number;
  /** Of the file, in bytes. */
  size: number;
  sha256: string;
  /** ISO 8601. */
  time: string;
}

const [dataFile, manifestFile] = ["snapshot.db", "manifest.json"] as const;
const part = ".part-";

/** The folder of a lab's snapshots: one folder each, with the data and its manifest. */
export const snapshotsFolder = (lab: string): string => join(labFolder(lab), "etcd");

export const dataOf = (folder: string): string => join(folder, dataFile);

/** A snapshot's name: the time, in UTC. Names sort by time. */
export const snapshotName = (now: Date): string =>
  now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").concat("Z");

/** The lab's snapshots, the newest first. Folders without a manifest of ours are not listed. */
export async function listSnapshots(lab: string): Promise<Manifest[]> {
  const folder = snapshotsFolder(lab);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  });
  const read = await Promise.all(
    names.filter((name) => !name.startsWith(".")).map((name) => manifestIn(join(folder, name))),
  );
  return read
    .filter((one) => one !== undefined)
    .sort((a, b) => b.time.localeCompare(a.time) || b.name.localeCompare(a.name));
}

async function manifestIn(folder: string): Promise<Manifest | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, manifestFile), "utf8"));
    return isManifest(value) && value.name === basename(folder) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isManifest = (value: unknown): value is Manifest => {
  const one = (value ?? {}) as Partial<Manifest>;
  const texts = [one.name, one.lab, one.cluster, one.kubernetes, one.etcd, one.sha256, one.time];
  const numbers = [one.revision, one.keys, one.hash, one.size];
  return (
    one.kind === "labwright etcd snapshot" &&
    texts.every((text) => typeof text === "string") &&
    numbers.every((number) => typeof number === "number")
  );
};

/**
 * Stores a snapshot: `write` gives its pieces, in order. It has its name only when it is complete and its content is the
 * manifest's; throws `snapshot-damaged` otherwise.
 */
export async function storeSnapshot(
  manifest: Manifest,
  write: (piece: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = snapshotsFolder(manifest.lab);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await removeParts(folder);
  const temporary = join(folder, `${part}${manifest.name}`);
  await mkdir(temporary, { mode: 0o700 });
  try {
    const hash = createHash("sha256");
    const file = await open(dataOf(temporary), "wx", 0o600);
    try {
      await write(async (bytes) => {
        hash.update(bytes);
        await file.writeFile(bytes);
      });
      await file.sync();
    } finally {
      await file.close();
    }
    if (hash.digest("hex") !== manifest.sha256)
      throw damaged(manifest.name, "it did not arrive as it was sent", "Run `labwright etcd save` again.");
    await writeJson(join(temporary, manifestFile), manifest);
    await rename(temporary, join(folder, manifest.name));
  } catch (error) {
    await removeSnapshot(temporary);
    throw error;
  }
}

/** What a killed run has left. */
async function removeParts(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(part)) await removeSnapshot(join(folder, name));
}

/** Removes what labwright has written there, and the folder if nothing else is in it. */
async function removeSnapshot(folder: string): Promise<void> {
  for (const name of [manifestFile, `${manifestFile}.new`, dataFile])
    await rm(join(folder, name), { force: true });
  await rmdir(folder).catch(() => {});
}

/** Removes all but the newest `keep` snapshots. Returns the names of those that it removed. */
export async function pruneSnapshots(lab: string, keep: number): Promise<string[]> {
  const old = (await listSnapshots(lab)).slice(keep).map(({ name }) => name);
  for (const name of old) await removeSnapshot(join(snapshotsFolder(lab), name));
  return old;
}

export interface Snapshot {
  folder: string;
  manifest: Manifest;
}

/**
 * The snapshot that a person names: by its name, or by the path of its folder or its file; without a word the newest. Its content is
 * compared with its manifest. Throws `no-snapshot` or `snapshot-damaged`.
 */
export async function findSnapshot(lab: string, word: string | undefined): Promise<Snapshot> {
  const folder = word === undefined ? await newest(lab) : await folderOf(lab, word);
  const manifest = await manifestIn(folder);
  if (!manifest) throw noSnapshot(`${folder} has no snapshot with a manifest of labwright's`);
  const size = (await stat(dataOf(folder)).catch(() => undefined))?.size;
  const list = "Name another snapshot of `labwright etcd list`.";
  if (size !== manifest.size)
    throw damaged(manifest.name, `its file has ${size ?? "no"} bytes instead of ${manifest.size}`, list);
  if ((await sha256OfFile(dataOf(folder))) !== manifest.sha256)
    throw damaged(manifest.name, "its SHA-256 is not that of its manifest", list);
  return { folder, manifest };
}

async function newest(lab: string): Promise<string> {
  const [first] = await listSnapshots(lab);
  if (!first)
    throw noSnapshot(`the lab ${lab} has no snapshot of etcd`, "Make one with `labwright etcd save`.");
  return join(snapshotsFolder(lab), first.name);
}

async function folderOf(lab: string, word: string): Promise<string> {
  const path = word.includes("/") ? word : join(snapshotsFolder(lab), word);
  const found = await stat(path).catch(() => undefined);
  if (!found) throw noSnapshot(`there is no snapshot ${word}`);
  return found.isDirectory() ? path : dirname(path);
}

const noSnapshot = (
  message: string,
  remedy = "See the lab's snapshots with `labwright etcd list`.",
): LabwrightError => new LabwrightError({ code: "no-snapshot", message, remedy, exit: exitCode.usage });

const damaged = (name: string, why: string, remedy: string): LabwrightError =>
  new LabwrightError({
    code: "snapshot-damaged",
    message: `the snapshot ${name} is damaged: ${why}`,
    remedy,
  });
