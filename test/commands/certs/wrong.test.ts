import assert from "node:assert/strict";
import { test } from "node:test";
import { dockerLab } from "../../support/docker-lab.ts";

const lab = dockerLab();
const noCluster = dockerLab({ machine: "{ name: hop, role: jump-host, user: thor, sudo: none }" });

test("certs status of a lab that is not there: its machine is named, and nothing is written", async () => {
  const { code, output, changes } = await lab.run(["certs", "status"]);
  assert.equal(code, 0, output);
  assert.match(output, /\ncp +control-plane +does not exist, and will be created\n$/);
  assert.deepEqual([changes, lab.written()], [[], []]);
});

test("certs status --json: one document, with why a machine could not be asked", async () => {
  const { code, output } = await lab.run(["certs", "status", "--json"]);
  assert.equal(code, 0, output);
  const [cp] = JSON.parse(output).machines;
  assert.deepEqual([cp.name, cp.why, cp.certificates], ["cp", "does not exist, and will be created", []]);
});

test("certs renew of a lab that is not there: exit 1, the machine is named, and nothing is written", async () => {
  const { code, output, changes } = await lab.run(["certs", "renew"]);
  assert.equal(code, 1, output);
  assert.match(output, /error: cannot renew certificates: cp does not exist, and will be created/);
  assert.match(output, /Run `labwright up`, then `labwright certs renew` again\.\n/);
  assert.deepEqual([changes, lab.written()], [[], []]);
});

for (const command of ["status", "renew"]) {
  test(`certs ${command} of a lab without a control plane: exit 1, and nothing is written`, async () => {
    const { code, output, changes } = await noCluster.run(["certs", command]);
    assert.equal(code, 1, output);
    assert.match(output, /error: the lab test has no control plane\n/);
    assert.deepEqual([changes, noCluster.written()], [[], []]);
  });

  test(`certs ${command} with an argument, or an option that it does not have: exit 2`, async () => {
    for (const word of ["apiserver", "--days"]) {
      const { code, output } = await lab.run(["certs", command, word]);
      assert.equal(code, 2, output);
    }
  });
}
