import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type TestLab, testLab } from "./support.ts";

let lab: TestLab;
before(async () => {
  lab = await testLab("killed");
  await lab.labwright(["down"]);
});
after(async () => {
  await lab?.labwright(["down"]);
});

/** Milliseconds into `up`: while machines are made, while kubeadm initialises, while workers join, while Calico comes. */
const moments = [400, 1200, 2000, 3500, 5500, 7500, 9500, 11_500, 14_000, 18_000, 24_000];

test("a run killed at any moment is mended by the next one", async () => {
  for (const killAfter of moments) {
    const killed = await lab.labwright(["up"], { killAfter });
    assert.notEqual(killed.code, 0, `it was still running after ${killAfter} ms: ${killed.output}`);
    const next = await lab.labwright(["up"]);
    assert.equal(next.code, 0, `killed after ${killAfter} ms: ${next.output}`);
    assert.equal((await lab.labwright(["plan"])).code, 0, `killed after ${killAfter} ms`);
    assert.equal((await lab.labwright(["down"])).code, 0);
    assert.deepEqual(await lab.leftovers(), [], `killed after ${killAfter} ms`);
  }
});

test("down takes away what a killed run had half-built", async () => {
  for (const killAfter of [1500, 6000]) {
    await lab.labwright(["up"], { killAfter });
    assert.equal((await lab.labwright(["down"])).code, 0);
    assert.deepEqual(await lab.leftovers(), []);
  }
});
