import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { type Combination, everyPair, labFileOf, nodesOf, pairsOf, pairwise } from "./cluster-table.ts";
import { networkMatrix } from "./network-matrix.ts";
import { long, type TestLab, testLab } from "./support.ts";

/** Version × runtime × network × shape, pairwise: each built, verified and removed. The table is printed at the end. */
const combinations = pairwise();
const rows: string[] = [];
let lab: TestLab | undefined;
afterEach(async () => {
  await lab?.labwright(["down"]);
  lab = undefined;
});
after(() => {
  const heading =
    "| version | runtime | network | shape | up | ways that answer as they should | second plan |";
  console.log([heading, "| --- | --- | --- | --- | --- | --- | --- |", ...rows].join("\n"));
});

test("the table has every pair of two values, and at least fourteen clusters", () => {
  assert.deepEqual(new Set(combinations.flatMap(pairsOf)), everyPair);
  assert.ok(combinations.length >= 14, String(combinations.length));
});

for (const one of combinations)
  test(`${one.version}, ${one.runtime}, ${one.network}, ${one.shape}`, { skip: long }, () => see(one));

async function see(one: Combination): Promise<void> {
  const built = await testLab("e2e-clusters", labFileOf(one));
  lab = built;
  await built.labwright(["down"]);
  const up = await built.labwright(["up"]);
  assert.equal(up.code, 0, up.output);
  const ways = await waysOf(built, one);
  const plan = await built.labwright(["plan"]);
  assert.equal(plan.code, 0, plan.output);
  const { version, runtime, network, shape } = one;
  const cells = [version, runtime, network, shape, `${Math.round(up.seconds)} s`, ways, "empty"];
  rows.push(`| ${cells.join(" | ")} |`);
  assert.equal((await built.labwright(["down"])).code, 0);
  assert.deepEqual(await built.leftovers(), []);
}

/** Without a pod network nodes are not Ready, and that is all that can be seen. */
async function waysOf(built: TestLab, one: Combination): Promise<string> {
  if (one.network === "none") {
    const status = await built.inside(
      "cp",
      "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes --no-headers",
    );
    const states = status.trim().split("\n");
    assert.equal(states.length, nodesOf(one).length);
    for (const state of states) assert.match(state, / NotReady /);
    return "none: nodes are NotReady";
  }
  const { lines, failures } = await networkMatrix(built, nodesOf(one), one.network.startsWith("calico"));
  assert.deepEqual(failures, []);
  return String(lines.length);
}
