import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { transferOf } from "../../src/commands/snapshot/shared.ts";
import { ownVersion } from "../../src/own-version.ts";
import type { Session } from "../../src/session/session.ts";
import { archiveOf } from "../../src/snapshots/file/archive.ts";
import { headFor } from "../../src/snapshots/file/head.ts";
import type { SnapshotRecord } from "../../src/snapshots/record.ts";
import { dockerLab } from "../support/docker-lab.ts";
import { lab as sample } from "../support/steps.ts";

const lab = dockerLab();
const { refused } = lab;
const folder = join(lab.data, "labwright/labs/test");
const id = "00112233aabbccdd";
const file = join(lab.folder, "golden");

const record: SnapshotRecord = {
  ...{ kind: "labwright snapshot", form: 1, name: "golden", id, saved: "2026-11-30T10:00:00.000Z" },
  ...{ version: ownVersion, decided: "d", machines: [{ name: "cp", address: "10.0.0.10" }] },
  ...{ exercises: [], containers: {}, contents: { "image of cp": "sha256:1" }, wrong: [] },
};

beforeEach(() => {
  mkdirSync(join(folder, "snapshots/golden"), { recursive: true });
  writeFileSync(join(folder, "id"), `${id}\n`);
  writeFileSync(join(folder, "snapshots/golden/snapshot.json"), JSON.stringify(record));
  lab.has({ name: "cp", id });
});

test("an export without a snapshot, or of one that is damaged, writes nothing", async () => {
  await refused(["snapshot", "export", "gold", file], 2, /has no snapshot "gold"/, /golden/);
  await refused(["snapshot", "export", "golden", file], 1, /damaged: the image of cp is missing/);
  assert.ok(!readdirSync(lab.folder).includes("golden"));
});

test("an export replaces no file", async () => {
  writeFileSync(join(folder, "snapshots/golden/snapshot.json"), JSON.stringify({ ...record, contents: {} }));
  const theirs = join(lab.folder, "theirs");
  writeFileSync(theirs, "theirs");
  await refused(["snapshot", "export", "golden", theirs], 2, /theirs exists already/, /another file/);
  assert.equal(readFileSync(theirs, "utf8"), "theirs");
  await refused(["snapshot", "export", "golden", join(lab.folder, "none/a")], 2, /there is no folder/);
});

const write = (change: object = {}, of = "test"): Promise<void> => {
  const head = headFor({ lab: of, record: { ...record, name: "silver", ...change }, about: {} });
  return writeFile(file, archiveOf(head, (async function* () {})()));
};

test("an import of another kind of file, or of another lab or labwright, is refused", async () => {
  const imported = (code: number, ...messages: RegExp[]) =>
    refused(["snapshot", "import", file], code, ...messages);
  await refused(["snapshot", "import", join(lab.folder, "none")], 2, /there is no file \S+none/);
  await refused(["snapshot", "import", lab.file], 2, /does not hold a snapshot of a lab/, /snapshot export/);
  await write({}, "other");
  await imported(2, /cannot import the snapshot "silver" into the lab "test": it is of the lab "other"/);
  await write({ version: "0.0.1" });
  await imported(2, /labwright 0\.0\.1 has saved it/, /Install labwright 0\.0\.1/);
  await write();
  await imported(2, /the lab file decides something else/);
});

test("snapshots that cannot leave their server are refused by name, with the reason", () => {
  const snapshots = {
    list: async () => new Map(),
    save: async () => {},
    restore: async () => {},
    remove: async () => [],
  };
  const session = { lab: { ...sample, provider: "incus" }, provider: { snapshots } } as unknown as Session;
  assert.throws(() => transferOf(session), {
    ...{ code: "snapshot-export-unsupported", exit: 2 },
    message: /"basics" cannot be exported or imported: those of the provider incus/,
  });
});
