import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { afterEach, test } from "node:test";
import { networkMatrix } from "./network-matrix.ts";
import { type TestLab, testLab } from "./support.ts";

let lab: TestLab | undefined;
afterEach(async () => {
  await lab?.labwright(["down"]);
});

const fileOf = (cluster: string): string => `machines:
  - { name: cp, role: control-plane }
  - { name: w1, role: worker }
cluster: ${cluster}
`;

const networks = { flannel: false, calico: true };

for (const [network, enforcesPolicies] of Object.entries(networks))
  test(`CRI-O with ${network}: pods, Services and DNS, a second up changes nothing, and another runtime is refused`, async (t) => {
    const one = await testLab("e2e-runtimes", fileOf(`{ runtime: cri-o, network: { plugin: ${network} } }`));
    lab = one;
    await one.labwright(["down"]);
    const up = await one.labwright(["up"]);
    assert.equal(up.code, 0, up.output);
    t.diagnostic(`up: ${Math.round(up.seconds)} s`);
    const { lines, failures } = await networkMatrix(one, ["cp", "w1"], enforcesPolicies);
    t.diagnostic(`${lines.length} ways, ${failures.length} wrong`);
    assert.deepEqual(failures, []);
    const again = await one.labwright(["plan"]);
    assert.equal(again.code, 0, again.output);
    await writeFile(one.file, `name: e2e-runtimes\n${fileOf(`{ network: { plugin: ${network} } }`)}`);
    const refused = await one.labwright(["up"]);
    assert.equal(refused.code, 1, refused.output);
    assert.match(refused.output, /cannot change cluster[.]runtime to containerd: (cp|w1) has CRI-O/);
    assert.equal((await one.labwright(["down"])).code, 0);
    assert.deepEqual(await one.leftovers(), []);
  });
