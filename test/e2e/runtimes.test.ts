import assert from "node:assert/strict";
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

const combinations = ["cri-o", "docker"].flatMap((runtime) =>
  Object.entries(networks).map(([network, enforcesPolicies]) => ({
    runtime,
    network,
    enforcesPolicies,
  })),
);

for (const { runtime, network, enforcesPolicies } of combinations)
  test(`${runtime} with ${network}: pods, Services and DNS and policies, and a second up changes nothing`, async (t) => {
    const one = await testLab(
      "e2e-runtimes",
      fileOf(`{ runtime: ${runtime}, network: { plugin: ${network} } }`),
    );
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
    assert.equal((await one.labwright(["down"])).code, 0);
    assert.deepEqual(await one.leftovers(), []);
  });
