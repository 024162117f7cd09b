import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { afterEach, test } from "node:test";
import { type TestLab, testLab } from "./support.ts";
import { app, startClient } from "./upgrade-app.ts";

let lab: TestLab | undefined;
afterEach(async () => {
  await lab?.labwright(["down"]);
});

const fileOf = (version: string): string => `machines:
  - { name: cp, role: control-plane }
  - { name: w, role: worker, count: 2 }
cluster:
  version: "${version}" # a comment that stays
`;

/** Minor releases one after the other, each with what `up` and `upgrade` refuse before it. */
const steps = [
  { from: "1.36", to: "1.37", release: "1.37.2", refused: { "1.35": /cannot be downgraded/ } },
  { from: "1.35", to: "1.36", release: "1.36.3", refused: { "1.37": /no minor release may be skipped/ } },
] as const;

for (const { from, to, release, refused } of steps)
  test(`${from} to ${to}, killed in a control plane and in a worker: the application answers every request`, async (t) => {
    const one = await testLab("e2e-upgrade", fileOf(from));
    lab = one;
    const kubectl = (words: string, input = "") =>
      one.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words} <<'END'\n${input}\nEND`);
    await one.labwright(["down"]);
    const up = await one.labwright(["up"]);
    assert.equal(up.code, 0, up.output);
    await kubectl("apply -f -", app);
    await kubectl("rollout status deployment/app --timeout=120s");

    const text = await readFile(one.file, "utf8");
    for (const [version, rule] of Object.entries(refused)) {
      const upgrade = await one.labwright(["upgrade", "--to", version, "--yes"]);
      assert.equal(upgrade.code, 1, upgrade.output);
      assert.match(upgrade.output, rule);
      assert.equal(await readFile(one.file, "utf8"), text);
      await writeFile(one.file, text.replace(`"${from}"`, `"${version}"`));
      const edited = await one.labwright(["up"]);
      await writeFile(one.file, text);
      assert.equal(edited.code, 1, edited.output);
      assert.match(edited.output, rule);
    }
    await kubectl("run mine --image=docker.io/library/nginx:latest --image-pull-policy=IfNotPresent");
    await kubectl("wait pod/mine --for=condition=Ready --timeout=60s");
    const bare = await one.labwright(["upgrade", "--to", to, "--yes"]);
    assert.equal(bare.code, 1, bare.output);
    assert.match(bare.output, /cannot drain w[12]: the pod default\/mine belongs to no controller/);
    assert.equal(await readFile(one.file, "utf8"), text);
    await kubectl("delete pod mine");
    const still = await one.labwright(["plan"]);
    assert.equal(still.code, 0, still.output);

    const format =
      'jsonpath={range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address}{"\\n"}{end}';
    const addresses = (await kubectl(`get nodes -o '${format}'`)).split("\n").filter((line) => line !== "");
    const client = startClient(addresses);
    const first = await one.labwright(["upgrade", "--to", to, "--yes"], {
      killWhen: /kubeadm-upgrade.*\[upgrade\/(staticpods|control-plane)\]/,
      killAfter: 3000,
    });
    assert.equal(first.code, null, first.output);
    assert.equal(await readFile(one.file, "utf8"), text.replace(`"${from}"`, `"${to}"`));
    const second = await one.labwright(["upgrade", "--to", to, "--yes"], {
      killWhen: /w1 .*kubeadm-upgrade .*moving its pods/,
      killAfter: 3000,
    });
    assert.equal(second.code, null, second.output);
    const last = await one.labwright(["up"]);
    const counted = await client.stop();
    assert.equal(last.code, 0, last.output);
    t.diagnostic(`${first.seconds} s, ${second.seconds} s and ${last.seconds} s; ${JSON.stringify(counted)}`);
    assert.deepEqual(counted.failures, []);

    const kubelets = await kubectl("get nodes -o 'jsonpath={.items[*].status.nodeInfo.kubeletVersion}'");
    assert.equal(kubelets.trim(), `v${release} v${release} v${release}`);
    assert.doesNotMatch(await kubectl("get nodes -o json"), /unschedulable|cordoned-for-upgrade/);
    assert.match(await kubectl("-n kube-system get deployment coredns -o yaml"), /startupProbe/);
    const plan = await one.labwright(["plan"]);
    assert.equal(plan.code, 0, plan.output);
    const again = await one.labwright(["up"]);
    assert.match(again.output, /Nothing to do: the lab matches its file/);
    const proven = await one.labwright(["exercise", "prove", "worker-upgrade"]);
    assert.equal(proven.code, 0, proven.output);
    assert.match((await one.labwright(["status"])).output, new RegExp(`kube-apiserver +ok +${release}`));
    assert.equal((await one.labwright(["down"])).code, 0);
    assert.deepEqual(await one.leftovers(), []);
  });
