import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, test } from "node:test";
import { dockerLab } from "../../../support/docker-lab.ts";

/** A class, and the machine of a rehearsal that was killed. */
const lab = dockerLab();
const file = join(lab.folder, "class.yaml");
const record = join(lab.data, "labwright/classes/autumn/class.json");
const classed = (...args: string[]) => lab.run(["class", ...args, "--file", file]);
const recorded = () => JSON.parse(readFileSync(record, "utf8"));
const id = "00112233aabbccdd";
const dead = { student: "rehearsal-dead", provider: "docker" };
const removal = /^rm .*\bc-cp\b/;

beforeEach(async () => {
  writeFileSync(file, "name: autumn\nstudents: [alice]\n");
  lab.has({ name: "cp", id, owner: "bob@desk:/lab" });
  const { code, output } = await lab.run(["adopt", "--yes", "--name", "autumn-rehearsal-dead"]);
  assert.equal(code, 0, output);
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify({ students: [], file, rehearsal: dead }));
});

test("class rehearse --clean removes what a killed rehearsal has left, and nothing the second time", async () => {
  const { code, output, changes } = await classed("rehearse", "--clean");
  assert.equal(code, 0, output);
  assert.match(output, /Removed autumn-rehearsal-dead\./);
  assert.ok(
    changes.some((change) => removal.test(change)),
    changes.join("\n"),
  );
  assert.equal(recorded().rehearsal, undefined);
  const again = await classed("rehearse", "--clean", "--json");
  assert.equal(again.code, 0, again.output);
  assert.deepEqual([JSON.parse(again.output), again.changes], [{ class: "autumn", removed: null }, []]);
});

for (const args of [["rehearse", "--clean"], ["down"]])
  test(`class ${args.join(" ")} removes it with the provider that made it, whatever the class has now`, async () => {
    writeFileSync(file, "name: autumn\nstudents: [alice]\nprovider: incus\n");
    const { code, output, changes } = await classed(...args);
    assert.equal(code, 0, output);
    assert.ok(
      changes.some((change) => removal.test(change)),
      changes.join("\n"),
    );
    assert.equal(recorded().rehearsal, undefined);
  });

test("where the lab file does not fit that provider any more, nothing is removed, and it stays recorded", async () => {
  const labFile = readFileSync(lab.file, "utf8");
  const ssh = labFile.replace("docker", "ssh").replace("control-plane", "control-plane, host: 192.0.2.1");
  writeFileSync(lab.file, ssh);
  try {
    for (const args of [["rehearse", "--clean"], ["down"]]) {
      const { code, output, changes } = await classed(...args);
      assert.notEqual(code, 0, output);
      assert.match(output, /only the ssh provider takes those/);
      assert.deepEqual([changes, recorded().rehearsal], [[], dead]);
    }
  } finally {
    writeFileSync(lab.file, labFile);
  }
});

test("class down removes it too, and class down of one student leaves it", async () => {
  const one = await classed("down", "--student", "alice");
  assert.deepEqual([one.code, one.changes, recorded().rehearsal], [0, [], dead], one.output);
  const { code, output, changes } = await classed("down", "--forget");
  assert.equal(code, 0, output);
  assert.match(output, /Taken away: 1 lab\./);
  assert.ok(
    changes.some((change) => removal.test(change)),
    changes.join("\n"),
  );
  assert.equal(existsSync(record), false);
});

test("a class is not forgotten while a rehearsal's lab could not be removed", async () => {
  lab.has({ name: "cp", id: "ffffffffffffffff", owner: "eve@desk:/lab" });
  const { code, output, changes } = await classed("down", "--forget");
  assert.equal(code, 1, output);
  assert.match(output, /rehearsal-dead: .* belongs to eve@desk/);
  assert.deepEqual([changes, recorded().rehearsal], [[], dead]);
});

test("a rehearsal begins with nothing if an exercise lacks a machine, or options exclude each other", async () => {
  writeFileSync(record, JSON.stringify({ students: [], file }));
  lab.has();
  writeFileSync(file, "name: autumn\nstudents: [alice]\nexercises: [docker-macvlan]\n");
  const lacking = await classed("rehearse");
  assert.equal(lacking.code, 2, lacking.output);
  assert.match(lacking.output, /docker-macvlan needs .*, and the lab autumn-rehearsal-\w{4} has none/);
  const both = await classed("rehearse", "--keep", "--clean");
  assert.equal(both.code, 2, both.output);
  assert.deepEqual([lacking.changes, both.changes, recorded().rehearsal], [[], [], undefined]);
});
