import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  extraSpares,
  forgetSpare,
  noteExtraSpares,
  spareRecords,
  sparesFolder,
  storeSpare,
} from "../../src/spares/record.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

const known = { made: "2026-11-30T10:00:00.000Z", decided: "d" };

test("a spare has a record from when it is complete until somebody takes or removes it", async () => {
  assert.deepEqual([...(await spareRecords("a"))], []);
  await storeSpare("a", "2", known);
  await storeSpare("a", "10", known);
  const records = await spareRecords("a");
  assert.deepEqual([...records.keys()].sort(), ["10", "2"]);
  assert.equal(records.get("2")?.made, known.made);
  assert.equal(statSync(join(sparesFolder("a"), "2.json")).mode & 0o777, 0o600);
  await forgetSpare("a", "2");
  await forgetSpare("a", "2");
  assert.deepEqual([...(await spareRecords("a")).keys()], ["10"]);
});

test("what this labwright did not write counts as no record", async () => {
  await storeSpare("b", "2", known);
  for (const text of ["", "{", '{"kind":"labwright spare","form":2,"made":"x","decided":"d"}']) {
    writeFileSync(join(sparesFolder("b"), "2.json"), text);
    assert.deepEqual([...(await spareRecords("b"))], []);
  }
  writeFileSync(join(sparesFolder("b"), "refill.log"), "");
});

test("spares that were added are counted, and never fewer than none", async () => {
  assert.equal(await extraSpares("c"), 0);
  await noteExtraSpares("c", 2);
  assert.equal(await extraSpares("c"), 2);
  await noteExtraSpares("c", -1);
  assert.equal(await extraSpares("c"), 0);
  assert.deepEqual([...(await spareRecords("c"))], []);
});
