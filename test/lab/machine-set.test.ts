import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  freeSets,
  liveSet,
  makeLive,
  setFolders,
  setIn,
  setLabels,
  setName,
} from "../../src/lab/machine-set.ts";
import { labFolder } from "../../src/paths.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

test("the first set has the lab's own name, and the others one that no lab has", () => {
  assert.equal(setName({ name: "basics" }), "basics");
  assert.equal(setName({ name: "basics", set: "1" }), "basics");
  assert.equal(setName({ name: "basics", set: "12" }), "basics.12");
});

test("labels name a set, and none is the first: a labwright that knew no sets has created labs too", () => {
  const keys = { lab: "l", id: "i", owner: "o", set: "s" };
  const identity = { id: "00", owner: "bob@desk" };
  const first = { l: "basics", i: "00", o: "bob@desk" };
  assert.deepEqual(setLabels(keys, { name: "basics" }, identity), first);
  assert.deepEqual(setLabels(keys, { name: "basics", set: "2" }, identity), { ...first, s: "2" });
  assert.deepEqual(
    [first, { ...first, s: "2" }].map((labels) => setIn(keys, labels)),
    ["1", "2"],
  );
});

test("a new set has the lowest number that is free", () => {
  assert.deepEqual(freeSets(2, []), ["1", "2"]);
  assert.deepEqual(freeSets(3, ["3", "1"]), ["2", "4", "5"]);
  assert.deepEqual(freeSets(0, ["1"]), []);
});

test("people work with the first set until another is made the live one", async () => {
  assert.equal(await liveSet("basics"), "1");
  await makeLive("basics", "3");
  assert.equal(await liveSet("basics"), "3");
  assert.equal(await liveSet("basics-2"), "1");
});

test("a file that names no set is an error that says what to write", async () => {
  const file = join(labFolder("basics"), "machine-set.json");
  for (const text of ["", "{", '{"set":2}', '{"set":"../x"}', '{"set":"0"}']) {
    writeFileSync(file, text);
    await assert.rejects(liveSet("basics"), { code: "machine-set-broken", message: new RegExp(file) });
  }
});

test("the folders of further sets are those whose names begin with the lab's and a dot", async () => {
  for (const name of ["exam", "exam.2", "exam.10", "exam-2", "exam.bak", "exam.0", "other.3"])
    mkdirSync(labFolder(name), { recursive: true });
  assert.deepEqual((await setFolders("exam")).sort(), [labFolder("exam.10"), labFolder("exam.2")]);
  assert.deepEqual(await setFolders("none"), []);
});
