import assert from "node:assert/strict";
import { test } from "node:test";
import type { CheckContext } from "../../../src/engine/step.ts";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, stepOf } from "../../support/steps.ts";
import { cases, facts, version } from "./kubeadm-upgrade.cases.ts";

testCases(import.meta.filename, cases);

const refusalOf = async (machine: string, wanted: string, present: Parameters<typeof facts>[0]) => {
  const step = await stepOf("kubeadm-upgrade");
  const context: CheckContext = version(wanted)(checkContextOf(machine));
  return step.refuse?.(facts(present), context);
};

test("the next minor release and another patch release are possible, also in the middle of an upgrade", async () => {
  assert.equal(await refusalOf("cp", "1.37", { release: "1.36.3" }), undefined);
  assert.equal(await refusalOf("cp", "1.36", { release: "1.36.1" }), undefined);
  assert.equal(await refusalOf("w1", "1.37", { release: "1.37.2", w1: "1.36.3" }), undefined);
});

for (const [wanted, release, message] of [
  [
    "1.36",
    "1.37.2",
    /cannot change Kubernetes to 1.36.3: kubelet of cp is 1.37.2, and Kubernetes cannot be downgraded/,
  ],
  ["1.36.1", "1.36.3", /to 1.36.1: kubelet of cp is 1.36.3, and Kubernetes cannot be downgraded/],
  [
    "1.37",
    "1.35.4",
    /to 1.37.2: kube-apiserver of cp is 1.35.4, and no minor release may be skipped .*version-skew-policy/,
  ],
] as const)
  test(`${release} to ${wanted} is refused with the rule`, async () => {
    const refusal = await refusalOf("cp", wanted, { release });
    assert.match(refusal?.message ?? "nothing", message);
  });
