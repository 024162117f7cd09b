import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import {
  exercisesIn,
  isRecordPart,
  keepRecordPart,
  recordParts,
} from "../../../src/snapshots/file/record-parts.ts";
import { recordFolder } from "../../../src/snapshots/record.ts";

process.env.XDG_DATA_HOME = mkdtempSync(join(tmpdir(), "lwtest-parts-"));
after(() => rmSync(process.env.XDG_DATA_HOME ?? "", { recursive: true, force: true }));

test("the baseline, its contents and the exercises are parts, and nothing else of the folder", async () => {
  const folder = recordFolder("lab", "one");
  mkdirSync(join(folder, "baseline/contents"), { recursive: true });
  const files = ["snapshot.json", "exercises.json", "baseline/baseline.json", "baseline/contents/.fetched"];
  for (const name of [...files, "baseline/contents/0123456789abcdef"])
    writeFileSync(join(folder, name), name);
  const read: Record<string, string> = {};
  for await (const { name, content } of recordParts("lab", "one")) read[name] = await text(content);
  assert.deepEqual(read, {
    "baseline/baseline.json": "baseline/baseline.json",
    "baseline/contents/0123456789abcdef": "baseline/contents/0123456789abcdef",
    "exercises.json": "exercises.json",
  });
  const other = recordFolder("lab", "two");
  for (const [name, content] of Object.entries(read))
    await keepRecordPart(other, { name, content: Readable.from([Buffer.from(content)]) });
  assert.equal(readdirSync(other, { recursive: true }).length, 5);
  assert.equal((statSync(join(other, "exercises.json")).mode & 0o777).toString(8), "600");
});

test("no name leads out of the folder", () => {
  for (const name of [
    ...["../exercises.json", "/exercises.json", "baseline/../../id", "baseline/contents/../../x"],
    ...[
      "snapshot.json",
      "baseline/contents/0123456789abcde",
      "images",
      "exercises.json/000000",
      "exercises.json\n",
    ],
  ])
    assert.ok(!isRecordPart(name), name);
});

test("an exercise's name is the name of a file, and nothing else", async () => {
  const folder = recordFolder("lab", "three");
  mkdirSync(folder, { recursive: true });
  assert.deepEqual(await exercisesIn(folder), []);
  writeFileSync(join(folder, "exercises.json"), '[{"name":"probes","hints":1,"before":{}}]');
  assert.deepEqual(await exercisesIn(folder), ["probes"]);
  writeFileSync(join(folder, "exercises.json"), '[{"name":"../../id","before":{}}]');
  await assert.rejects(exercisesIn(folder));
  writeFileSync(join(folder, "exercises.json"), '[{"name":"probes"}]');
  await assert.rejects(exercisesIn(folder), /before/);
});

test("a baseline that is none is refused", async () => {
  const folder = recordFolder("lab", "four");
  mkdirSync(join(folder, "baseline"), { recursive: true });
  const file = join(folder, "baseline/baseline.json");
  writeFileSync(file, '{"form":1,"decided":"a","recorded":"","recording":{"cp\\tfile\\t/etc":"d"}}');
  assert.deepEqual(await exercisesIn(folder), []);
  for (const text of ["{", "{}", '{"form":1,"decided":"a","recording":[1]}']) {
    writeFileSync(file, text);
    await assert.rejects(exercisesIn(folder), text);
  }
});

test("a part that unpacks without an end is cut off", async () => {
  const folder = recordFolder("lab", "five");
  mkdirSync(folder, { recursive: true });
  const content = async function* () {
    for (;;) yield new Uint8Array(8 * 1024 * 1024);
  };
  await assert.rejects(keepRecordPart(folder, { name: "exercises.json", content: content() }), RangeError);
});
