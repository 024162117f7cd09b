import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readBaseline, writeBaseline } from "../../src/baseline/baseline.ts";
import { readHistories } from "../../src/exercises/history.ts";
import { readStates, type State, writeState } from "../../src/exercises/state.ts";
import { labFolder } from "../../src/paths.ts";
import {
  listRecords,
  removeParts,
  removeRecord,
  returnRecorded,
  type SnapshotRecord,
  storeRecord,
} from "../../src/snapshots/record.ts";

process.env.XDG_DATA_HOME = mkdtempSync(join(tmpdir(), "lwtest-snapshots-"));
after(() => rmSync(process.env.XDG_DATA_HOME ?? "", { recursive: true, force: true }));

const known = (name: string, saved: string): Omit<SnapshotRecord, "kind" | "form" | "exercises"> => ({
  ...{
    name,
    saved,
    id: "00112233aabbccdd",
    version: "0.1.0",
    decided: "d",
    containers: {},
    contents: {},
    wrong: [],
  },
  machines: [{ name: "cp", address: "10.0.0.10" }],
});

const state = (name: string, hints: number): State => ({
  ...{ name, began: `2026-11-30T10:00:0${hints}.000Z`, before: {}, found: [], tasks: [], room: [] },
  ...{ hints, checks: [] },
});

const contentsOf = (lab: string): string => join(labFolder(lab), "baseline/contents");

async function baseline(lab: string, recording: Record<string, string>): Promise<void> {
  await writeBaseline(lab, { recorded: "r", decided: "d", recording });
  mkdirSync(contentsOf(lab), { recursive: true });
}

test("a snapshot is listed by its time, and only its owner may read it", async () => {
  await baseline("a", {});
  await storeRecord({ name: "a" }, known("late", "2026-11-30T12:00:00.000Z"));
  await storeRecord({ name: "a" }, known("early", "2026-11-30T10:00:00.000Z"));
  assert.deepEqual(
    (await listRecords("a")).map(({ name }) => name),
    ["early", "late"],
  );
  const mode = (path: string) => (statSync(join(labFolder("a"), "snapshots", path)).mode & 0o777).toString(8);
  assert.deepEqual(["early", "early/snapshot.json", "early/exercises.json"].map(mode), ["700", "600", "600"]);
  assert.deepEqual(await listRecords("none"), []);
});

test("baseline and exercises are what they were; results stay, and so do contents", async () => {
  await baseline("b", { before: "x" });
  writeFileSync(join(contentsOf("b"), "0011"), "then");
  await writeState("b", state("half", 1));
  const { exercises } = await storeRecord({ name: "b" }, known("one", "t"));
  assert.deepEqual(exercises, ["half"]);

  await baseline("b", { later: "y" });
  rmSync(join(contentsOf("b"), "0011"));
  writeFileSync(join(contentsOf("b"), "2233"), "now");
  await writeState("b", state("half", 3));
  await writeState("b", state("other", 2));
  const results = join(labFolder("b"), "exercises/results");
  mkdirSync(results);
  writeFileSync(join(results, "half.json"), '{"attempts":2}');

  await returnRecorded({ name: "b" }, "one");
  assert.deepEqual((await readBaseline("b"))?.recording, { before: "x" });
  assert.deepEqual(readdirSync(contentsOf("b")).sort(), ["0011", "2233"]);
  assert.deepEqual(await readStates("b"), [state("half", 1)]);
  assert.equal(readFileSync(join(results, "half.json"), "utf8"), '{"attempts":2}');
  const { half, other } = await readHistories("b");
  assert.deepEqual(
    [half, other].map((entries) => entries?.map(({ what }) => what)),
    [["reset", "restored"], ["reset"]],
  );
});

test("what a killed save has left is not listed, and is removed; a deleted snapshot is gone at once", async () => {
  await baseline("c", {});
  await storeRecord({ name: "c" }, known("one", "t"));
  const folder = join(labFolder("c"), "snapshots");
  mkdirSync(join(folder, ".part-two"));
  writeFileSync(join(folder, ".part-two/snapshot.json"), "{");
  assert.deepEqual(
    (await listRecords("c")).map(({ name }) => name),
    ["one"],
  );
  await removeParts("c");
  assert.deepEqual(readdirSync(folder), ["one"]);
  await removeRecord("c", "one");
  await removeRecord("c", "one");
  assert.deepEqual(readdirSync(folder), []);
});
