import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { decidedBy } from "../../src/baseline/baseline.ts";
import { ensureLabId } from "../../src/lab/identity.ts";
import { ownVersion } from "../../src/own-version.ts";
import type { SnapshotRecord } from "../../src/snapshots/record.ts";
import { assertFitting, assertImportable, assertUndamaged } from "../../src/snapshots/restorable.ts";
import { assertNoneUnfinished, noteRestored, noteRestoring } from "../../src/snapshots/unfinished.ts";
import { lab } from "../support/steps.ts";

process.env.XDG_DATA_HOME = mkdtempSync(join(tmpdir(), "lwtest-restorable-"));
after(() => rmSync(process.env.XDG_DATA_HOME ?? "", { recursive: true, force: true }));

const record = async (more: Partial<SnapshotRecord> = {}): Promise<SnapshotRecord> => ({
  ...{ kind: "labwright snapshot", form: 1, name: "one", saved: "t", version: ownVersion, machines: [] },
  ...{
    id: await ensureLabId(lab.name),
    decided: decidedBy(lab),
    exercises: [],
    containers: {},
    contents: {},
    wrong: [],
  },
  ...more,
});

test("only a snapshot of this lab, its file and this labwright fits", async () => {
  await assertFitting(lab, await record());
  for (const [more, message] of [
    [{ id: "ffeeddccbbaa9988" }, /of another lab of that name/],
    [{ version: "0.0.1" }, /labwright 0\.0\.1 has saved it/],
    [{ form: 2 }, /has saved it/],
    [{ decided: "other" }, /the lab file decides something else/],
  ] as const)
    await assert.rejects(assertFitting(lab, await record(more)), {
      code: "snapshot-of-another",
      exit: 2,
      message,
    });
});

test("a snapshot of which something is missing or is another one is damaged", async () => {
  const one = await record({ contents: { "image of cp": "sha256:1", "volume of cp": "word" } });
  assertUndamaged(one, { "image of cp": "sha256:1", "volume of cp": "word", "volume of w1": "more" });
  const damaged = (now: Record<string, string> | undefined, message: RegExp) =>
    assert.throws(() => assertUndamaged(one, now), { code: "snapshot-damaged", message });
  damaged(undefined, /the image of cp is missing and the volume of cp is missing$/);
  damaged({ "image of cp": "sha256:2", "volume of cp": "word" }, /the image of cp is another one$/);
});

test("a restore is unfinished until it is noted as done", async () => {
  await assertNoneUnfinished(lab.name);
  await noteRestoring(lab.name, "one");
  await assert.rejects(assertNoneUnfinished(lab.name), {
    code: "restore-unfinished",
    remedy: /labwright snapshot restore one.*labwright down/,
  });
  await noteRestored(lab.name);
  await assertNoneUnfinished(lab.name);
});

test("a snapshot from a file fits if it is of a lab of that name, its file and this labwright, whatever the lab's id", async () => {
  const foreign = await record({ id: "ffeeddccbbaa9988" });
  assertImportable(lab, lab.name, foreign);
  const refused = (of: string, one: SnapshotRecord, message: RegExp, remedy: RegExp): void =>
    assert.throws(() => assertImportable(lab, of, one), {
      ...{ code: "snapshot-of-another", exit: 2, message, remedy },
    });
  refused("other", foreign, /into the lab "basics": it is of the lab "other"$/, /Use the lab file/);
  refused(
    lab.name,
    { ...foreign, version: "0.0.1" },
    /labwright 0\.0\.1 has saved it/,
    /Install labwright 0\.0\.1/,
  );
  refused(
    lab.name,
    { ...foreign, decided: "other" },
    /the lab file decides something else/,
    /Use the lab file/,
  );
});
