import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { dockerLab } from "../../support/docker-lab.ts";

/** A lab that a person has made with `labwright up --name autumn-alice`; a class has a student of that name. */
const lab = dockerLab();
const file = join(lab.folder, "class.yaml");
const classed = (...args: string[]) => lab.run(["class", ...args, "--file", file]);

before(async () => {
  writeFileSync(file, "name: autumn\nstudents: [alice, bob]\nexercises: [jobs]\n");
  lab.has({ name: "cp", id: "00112233aabbccdd", owner: "bob@desk:/lab" });
  const { code, output } = await lab.run(["adopt", "--yes", "--name", "autumn-alice"]);
  assert.equal(code, 0, output);
});

test("class up stops and names a lab that the class has not made", async () => {
  const { code, output, changes } = await classed("up", "--student", "alice");
  assert.equal(code, 2, output);
  assert.match(output, /the lab "autumn-alice" exists, and the class "autumn" has not made it/);
  assert.match(output, /labwright down --name autumn-alice/);
  assert.deepEqual(changes, []);
});

test("class down leaves it", async () => {
  const { code, output, changes } = await classed("down");
  assert.equal(code, 0, output);
  assert.match(output, /Taken away: 0 labs\./);
  assert.deepEqual(changes, []);
  assert.ok(lab.written().includes("labwright/labs/autumn-alice/id"));
});

for (const args of [["reset", "alice"], ["run", "true"], ["check"], ["start", "jobs"], ["pause"]])
  test(`class ${args.join(" ")} works on no lab that the class has not made`, async () => {
    const { code, output, changes } = await classed(...args);
    assert.equal(code, 2, output);
    assert.match(output, /has made no lab/);
    assert.deepEqual(changes, []);
  });

test("options that exclude each other are refused, and nothing is written", async () => {
  for (const args of [
    ["down", "--forget", "--student", "alice"],
    ["export", join(lab.folder, "grades.csv"), "--json"],
  ]) {
    const { code, output } = await classed(...args);
    assert.equal(code, 2, output);
    assert.match(output, /--(forget|json)/);
  }
});
