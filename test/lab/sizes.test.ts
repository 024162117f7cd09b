import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLab } from "../../src/lab/load.ts";
import { mebibytesIn, quantityOf, sizeDifferences } from "../../src/lab/sizes.ts";

test("amounts are read and shown as Kubernetes writes them", () => {
  assert.deepEqual(["2Gi", "1536Mi", "2048Mi"].map(mebibytesIn), [2048, 1536, 2048]);
  for (const text of ["2", "2G", "2GiB", "0Gi", "1.5Gi", "-1Gi", " 2Gi", "2gi", ""])
    assert.equal(mebibytesIn(text), undefined, text);
  assert.deepEqual([2048, 1536].map(quantityOf), ["2Gi", "1536Mi"]);
});

test("each machine of an entry gets its size, and one without a size has none", () => {
  const text =
    "provider: incus\nmachines: [{ name: cp, role: control-plane }, { name: w, role: worker, count: 2, cpus: 3, memory: 1Gi, disk: 20Gi }]";
  const result = parseLab(text, "lab.yaml", { knownPlaybooks: ["cluster", "nginx-nodeport"] });
  assert.ok("lab" in result, JSON.stringify(result));
  assert.deepEqual(
    result.lab.machines.map(({ cpus, memory, disk }) => ({ cpus, memory, disk })),
    [
      { cpus: undefined, memory: undefined, disk: undefined },
      { cpus: 3, memory: 1024, disk: 20 * 1024 },
      { cpus: 3, memory: 1024, disk: 20 * 1024 },
    ],
  );
  assert.ok(!("cpus" in (result.lab.machines[0] ?? {})));
});

test("a small control plane is refused only if kubeadm initialises it", () => {
  const problems = (playbooks: string) => {
    const text = `machines: [{ name: cp, role: control-plane, cpus: 1, memory: 512Mi }]\nplaybooks: ${playbooks}`;
    const result = parseLab(text, "lab.yaml", { knownPlaybooks: ["cluster"] });
    return "problems" in result ? result.problems.length : 0;
  };
  assert.deepEqual([problems("[cluster]"), problems("[]")], [2, 0]);
});

test("only what the lab file names is compared", () => {
  assert.deepEqual(sizeDifferences({ cpus: 2, memory: 2048 }, {}), []);
  assert.deepEqual(sizeDifferences({ cpus: 2, memory: 2048 }, { cpus: 2, memory: 2048 }), []);
  assert.deepEqual(sizeDifferences({ cpus: 2 }, { cpus: 1.5, memory: 1536 }), [
    "cpus: 2, not 1.5",
    "memory: without a limit, not 1536Mi",
  ]);
});
