import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dockerLab } from "../support/docker-lab.ts";

const lab = dockerLab();
const id = "00112233aabbccdd";
const owners = join(lab.folder, "owner");
const theirs = { name: "cp", id, owner: `bob@${hostname()}:${owners}` };
const list = /^The lab "test" of bob@\S+:\n {2}container labwright-test\.cp\n/;

test("adopt of nothing: exit 0, and nothing is written", async () => {
  lab.has();
  const { code, output, changes } = await lab.run(["adopt", "--yes"]);
  assert.deepEqual([code, output, changes, lab.written()], [0, "There is nothing to adopt.\n", [], []]);
});

test("adopt without a terminal: exit 2 after the list, and nothing is written", async () => {
  lab.has(theirs);
  const { code, output, changes } = await lab.run(["adopt"]);
  assert.equal(code, 2, output);
  assert.match(output, list);
  assert.match(output, /run `labwright adopt --yes`/);
  assert.deepEqual([changes, lab.written()], [[], []]);
});

test("adopt --yes of a lab whose folder is still there: exit 1, and nothing is written", async () => {
  lab.has(theirs);
  mkdirSync(owners);
  writeFileSync(join(owners, "id"), `${id}\n`);
  const { code, output } = await lab.run(["adopt", "--yes"]);
  rmSync(owners, { recursive: true });
  assert.equal(code, 1, output);
  assert.match(output, /own folder still exists on this computer/);
  assert.deepEqual(lab.written(), []);
});

test("adopt of a lab that a spare has replaced: its machines are those that run", async () => {
  lab.has({ ...theirs, state: "paused" }, { ...theirs, set: "2" });
  const { code, output } = await lab.run(["adopt", "--yes"]);
  assert.equal(code, 0, output);
  assert.match(output, /\nThe lab's machines are those of its set 2,/);
  const set = join(lab.data, "labwright/labs/test/machine-set.json");
  assert.deepEqual(JSON.parse(readFileSync(set, "utf8")), { set: "2" });
  rmSync(join(lab.data, "labwright/labs/test"), { recursive: true });
});

test("adopt --yes: the lab's id is the machines' own, and the next command takes them for its lab's", async () => {
  lab.has(theirs);
  const { code, output, changes } = await lab.run(["adopt", "--yes"]);
  assert.equal(code, 0, output);
  assert.match(output, list);
  assert.match(output, /\nAdopted\. Run `labwright up`, which gives the machines new logins\.\n$/);
  assert.deepEqual([changes, lab.written()], [[], ["labwright/labs/test/id"]]);
  assert.equal(readFileSync(join(lab.data, "labwright/labs/test/id"), "utf8"), `${id}\n`);
  assert.equal((await lab.run(["adopt", "--yes"])).output, "There is nothing to adopt.\n");
});
