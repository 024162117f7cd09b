import assert from "node:assert/strict";
import { test } from "node:test";
import { dockerLab } from "../support/docker-lab.ts";

const lab = dockerLab();

test("plan of a lab that is not there: exit 3, with what up would make, and nothing is changed or written", async () => {
  lab.has();
  const { code, output, changes } = await lab.run(["plan"]);
  assert.equal(code, 3, output);
  assert.match(output, /^cp\n {2}\+ create {2}machine\n {6}does not exist, and will be created\n/);
  assert.match(output, /\n4 changes on 1 machine\n$/);
  assert.deepEqual([changes, lab.written()], [[], []]);
});

test("plan --json: one document with the same", async () => {
  const { code, output } = await lab.run(["plan", "--json"]);
  assert.equal(code, 3, output);
  const { changes, unknown, machines } = JSON.parse(output);
  assert.deepEqual([changes, unknown, machines.length, machines[0].name], [4, 0, 1, "cp"]);
});

test("plan of a lab of somebody else's: exit 1, and the owner is named", async () => {
  lab.has({ name: "cp", id: "00112233aabbccdd", owner: "bob@desk:/lab" });
  const { code, output, changes } = await lab.run(["plan"]);
  assert.equal(code, 1, output);
  assert.match(output, /the lab "test" belongs to bob@desk:\/lab: container labwright-test\.cp/);
  assert.deepEqual([changes, lab.written()], [[], []]);
});

const sized = dockerLab({ machine: "{ name: cp, role: control-plane, cpus: 3, memory: 2Gi }" });

test("plan of a lab that does not fit on the engine's computer: exit 1, with figures, and nothing is changed or written", async () => {
  const { code, output, changes } = await sized.run(["plan"], { FAKE_ENGINE_SIZE: "\t2\t1073741824" });
  assert.equal(code, 1, output);
  assert.match(output, /cp has cpus: 3, and the engine's computer has 2;/);
  assert.match(
    output,
    /needs 2\.0 GiB of memory \(cp 2Gi\), and 1\.0 GiB are available on the engine's computer/,
  );
  assert.match(output, /Write at most cpus: 2\. None of them would fit: /);
  assert.deepEqual([changes, sized.written()], [[], []]);
});

test("plan of a lab that fits: exit 3, as without sizes", async () => {
  const { code, output } = await sized.run(["plan"], { FAKE_ENGINE_SIZE: "\t4\t4294967296" });
  assert.equal(code, 3, output);
});
