import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { archiveOf } from "../../../src/snapshots/file/archive.ts";
import { headFor, readHead } from "../../../src/snapshots/file/head.ts";
import type { SnapshotRecord } from "../../../src/snapshots/record.ts";

const folder = mkdtempSync(join(tmpdir(), "lwtest-head-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "file");

const record: SnapshotRecord = {
  ...{ kind: "labwright snapshot", form: 1, name: "golden", id: "00112233aabbccdd", saved: "t" },
  ...{ version: "0.1.0", decided: "d", machines: [], exercises: [], containers: {}, contents: {}, wrong: [] },
};
const head = headFor({ lab: "lab", record, about: { architecture: "amd64" } });

const written = (value: unknown): Promise<void> =>
  writeFile(file, archiveOf(value, (async function* () {})()));

test("a head is read as it was written", async () => {
  await written(head);
  assert.deepEqual(await readHead(file), head);
});

test("another kind of file, another form, and a head without what it needs are refused", async () => {
  const refused = async (value: unknown, code: string): Promise<void> => {
    await written(value);
    await assert.rejects(readHead(file), { code });
  };
  await refused({ ...head, kind: "labwright snapshot" }, "not-a-snapshot");
  await refused({ kind: "another" }, "not-a-snapshot");
  await refused([], "not-a-snapshot");
  await refused({ ...head, form: 2, more: true }, "snapshot-file-form");
  await refused({ ...head, lab: undefined }, "snapshot-file-damaged");
});

test("a snapshot's name is the name of a folder, and leads nowhere else", async () => {
  for (const name of ["../golden", ".part-golden", "a/b", ""]) {
    await written({ ...head, record: { ...record, name } });
    await assert.rejects(readHead(file), { code: "snapshot-file-damaged" });
  }
});
