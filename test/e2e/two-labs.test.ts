import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type TestLab, testLab } from "./support.ts";

const labs: TestLab[] = [];
after(async () => {
  for (const lab of labs) await lab.labwright(["down"]);
});

test("two labs on one engine do not know of each other", async () => {
  // The one with a worker, the other without: there the control plane carries nginx itself.
  labs.push(
    await testLab("left", "machines: [{ name: cp, role: control-plane }, { name: w1, role: worker }]\n"),
    await testLab("right", "machines: [{ name: cp, role: control-plane }]\n"),
  );
  const built = await Promise.all(labs.map((lab) => lab.labwright(["up"])));
  for (const ran of built) assert.equal(ran.code, 0, ran.output);
  const [left, right] = labs;
  assert.ok(left && right);
  assert.equal((await left.labwright(["down"])).code, 0);
  assert.deepEqual(await left.leftovers(), []);
  assert.equal((await right.labwright(["verify"])).code, 0);
});
