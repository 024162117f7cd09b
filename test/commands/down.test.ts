import assert from "node:assert/strict";
import { test } from "node:test";
import { dockerLab } from "../support/docker-lab.ts";

const lab = dockerLab();
const theirs = { name: "cp", id: "00112233aabbccdd", owner: "bob@desk:/lab" };

test("down of nothing: exit 0, and nothing is removed", async () => {
  lab.has();
  const { code, output, changes } = await lab.run(["down"]);
  assert.equal(code, 0, output);
  assert.match(output, /There was nothing to take away\.\n$/);
  assert.deepEqual(changes, []);
});

test("down of what carries another id: exit 1, the owner is named, and nothing is removed", async () => {
  lab.has(theirs);
  const { code, output, changes } = await lab.run(["down"]);
  assert.equal(code, 1, output);
  assert.match(output, /belongs to bob@desk:\/lab/);
  assert.deepEqual(changes, []);
});

test("down of the lab: exit 0, its machine and its folder are gone, by the engine's own id", async () => {
  lab.has(theirs);
  await lab.run(["adopt", "--yes"]);
  assert.deepEqual(lab.written(), ["labwright/labs/test/id"]);
  const { code, output, changes } = await lab.run(["down"]);
  assert.equal(code, 0, output);
  assert.match(output, /Taken away: container labwright-test\.cp\.\n$/);
  assert.deepEqual(changes, ["rm --force --volumes c-cp"]);
  assert.deepEqual(lab.written(), []);
});
