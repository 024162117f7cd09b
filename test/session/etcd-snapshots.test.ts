import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sha256 } from "../../src/local/hash.ts";
import {
  dataOf,
  findSnapshot,
  listSnapshots,
  type Manifest,
  pruneSnapshots,
  snapshotName,
  snapshotsFolder,
  storeSnapshot,
} from "../../src/session/etcd-snapshots.ts";

process.env.XDG_DATA_HOME = mkdtempSync(join(tmpdir(), "lwtest-etcd-"));
after(() => rmSync(process.env.XDG_DATA_HOME ?? "", { recursive: true, force: true }));

const content = Buffer.from("a snapshot");
const manifest = (lab: string, name: string, more: Partial<Manifest> = {}): Manifest => ({
  ...{ kind: "labwright etcd snapshot", name, lab, cluster: "ca", kubernetes: "1.36.3", etcd: "3.6.8" },
  ...{ revision: 7, keys: 3, hash: 5, size: content.length, sha256: sha256(content) },
  ...{ time: "2026-11-29T23:10:32.000Z", ...more },
});
const store = (lab: string, name: string, more?: Partial<Manifest>) =>
  storeSnapshot(manifest(lab, name, more), async (piece) => {
    await piece(content.subarray(0, 4));
    await piece(content.subarray(4));
  });
const names = async (lab: string) => (await listSnapshots(lab)).map(({ name }) => name);

test("a snapshot is its time, readable by its owner alone, and is found by name, folder and file, or as the newest", async () => {
  assert.equal(snapshotName(new Date("2026-11-29T23:10:32.123Z")), "20261129T231032Z");
  await store("a", "old");
  await store("a", "new", { time: "2026-11-30T00:00:00.000Z" });
  assert.deepEqual(await names("a"), ["new", "old"]);
  const folder = join(snapshotsFolder("a"), "old");
  assert.deepEqual(readFileSync(dataOf(folder)), content);
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
  assert.deepEqual([snapshotsFolder("a"), folder].map(mode), ["700", "700"]);
  assert.deepEqual([dataOf(folder), join(folder, "manifest.json")].map(mode), ["600", "600"]);
  for (const word of ["old", folder, dataOf(folder)])
    assert.deepEqual(await findSnapshot("a", word), { folder, manifest: manifest("a", "old") });
  assert.equal((await findSnapshot("a", undefined)).manifest.name, "new");
});

test("what did not arrive as it was sent is not stored, and what a killed run left is removed", async () => {
  mkdirSync(join(snapshotsFolder("b"), ".part-killed"), { recursive: true });
  writeFileSync(dataOf(join(snapshotsFolder("b"), ".part-killed")), "half");
  await assert.rejects(store("b", "one", { sha256: sha256("another") }), { code: "snapshot-damaged" });
  assert.deepEqual(readdirSync(snapshotsFolder("b")), []);
});

test("the newest stay; files of others stay too, and are not listed", async () => {
  for (const day of [1, 2, 3]) await store("c", `s${day}`, { time: `2026-11-0${day}T00:00:00.000Z` });
  const folder = snapshotsFolder("c");
  writeFileSync(join(folder, "notes.txt"), "mine");
  mkdirSync(join(folder, "backup"));
  writeFileSync(dataOf(join(folder, "backup")), "mine");
  writeFileSync(join(folder, "s1", "why.txt"), "mine");
  assert.deepEqual(await pruneSnapshots("c", 1), ["s2", "s1"]);
  assert.deepEqual(await names("c"), ["s3"]);
  assert.deepEqual(readdirSync(folder).sort(), ["backup", "notes.txt", "s1", "s3"]);
  assert.deepEqual(readdirSync(join(folder, "s1")), ["why.txt"]);
});

test("a damaged file, a wrong manifest and a wrong name are refused", async () => {
  await assert.rejects(findSnapshot("d", undefined), { code: "no-snapshot", exit: 2 });
  await store("d", "one");
  const folder = join(snapshotsFolder("d"), "one");
  await assert.rejects(findSnapshot("d", "two"), {
    code: "no-snapshot",
    message: "there is no snapshot two",
  });
  writeFileSync(dataOf(folder), Buffer.from("A snapshot"));
  await assert.rejects(findSnapshot("d", "one"), {
    code: "snapshot-damaged",
    message: "the snapshot one is damaged: its SHA-256 is not that of its manifest",
  });
  writeFileSync(dataOf(folder), "");
  await assert.rejects(findSnapshot("d", "one"), /its file has 0 bytes instead of 10/);
  writeFileSync(join(folder, "manifest.json"), "{}");
  await assert.rejects(findSnapshot("d", folder), { code: "no-snapshot" });
});
