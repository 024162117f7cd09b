import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { afterEach, test } from "node:test";
import { networkMatrix } from "./network-matrix.ts";
import { type RunOptions, type TestLab, testLab } from "./support.ts";
import { app } from "./upgrade-app.ts";

let lab: TestLab | undefined;
afterEach(async () => {
  await lab?.labwright(["down"]);
});

const fileOf = (runtime: string): string => `machines:
  - { name: cp, role: control-plane }
  - { name: w, role: worker, count: 2 }
cluster: { runtime: ${runtime}, network: { plugin: flannel } }
`;

/** The runtimes in turn, and when `up` is killed on the way to each. */
const changes: { runtime: string; reported: string; kill?: RunOptions }[] = [
  { runtime: "cri-o", reported: "cri-o" },
  {
    runtime: "docker",
    reported: "docker",
    kill: { killWhen: /w\d .*removing the former runtime/, killAfter: 4000 },
  },
  {
    runtime: "containerd",
    reported: "containerd",
    kill: { killWhen: /cp .*importing the images/, killAfter: 500 },
  },
];

test("containerd, CRI-O, Docker and containerd again, node by node, killed in a worker and in the control plane", async (t) => {
  const one = await testLab("e2e-runtime-change", fileOf("containerd"));
  lab = one;
  const kubectl = (words: string, input = "") =>
    one.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words} <<'END'\n${input}\nEND`);
  await one.labwright(["down"]);
  const up = await one.labwright(["up"]);
  assert.equal(up.code, 0, up.output);
  await kubectl("apply -f -", app);
  await kubectl("rollout status deployment/app --timeout=120s");
  const identities = await kubectl("get nodes -o 'jsonpath={.items[*].metadata.uid}'");
  for (const { runtime, reported, kill } of changes) {
    await writeFile(one.file, `name: ${one.name}\n${fileOf(runtime)}`);
    const plan = await one.labwright(["plan"]);
    assert.equal(plan.code, 3, plan.output);
    for (const node of ["cp", "w1", "w2"])
      assert.match(
        plan.output,
        new RegExp(`${node}\\b.*container-runtime|container-runtime.*${node}\\b`, "s"),
      );
    if (kill) {
      const killed = await one.labwright(["up"], kill);
      assert.equal(killed.code, null, killed.output);
    }
    const changed = await one.labwright(["up"]);
    assert.equal(changed.code, 0, changed.output);
    t.diagnostic(`${runtime}: ${Math.round(changed.seconds)} s`);
    const format = "jsonpath={.items[*].status.nodeInfo.containerRuntimeVersion}";
    for (const version of (await kubectl(`get nodes -o '${format}'`)).trim().split(" "))
      assert.equal(version.split(":")[0], reported);
    assert.equal(await kubectl("get nodes -o 'jsonpath={.items[*].metadata.uid}'"), identities);
    assert.doesNotMatch(await kubectl("get nodes -o json"), /unschedulable|cordoned-for-upgrade/);
    await kubectl("rollout status deployment/app --timeout=120s");
    const { failures } = await networkMatrix(one, ["cp", "w1", "w2"], false);
    assert.deepEqual(failures, []);
    const again = await one.labwright(["plan"]);
    assert.equal(again.code, 0, again.output);
  }
  assert.equal((await one.labwright(["down"])).code, 0);
  assert.deepEqual(await one.leftovers(), []);
});
