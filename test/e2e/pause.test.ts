import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sh } from "../../src/hosts/sh.ts";
import { polled } from "./polled.ts";
import { isShort, succeeds, type TestLab, testLab } from "./support.ts";

let lab: TestLab;
before(async () => {
  lab = await testLab(
    "e2e-pause",
    "machines: [{ name: cp, role: control-plane }, { name: w1, role: worker }]\ncluster: { network: { plugin: flannel } }\n",
  );
  await lab.labwright(["down"]);
  succeeds(await lab.labwright(["up"]));
});
after(async () => {
  await lab?.labwright(["down"]);
  assert.deepEqual(await lab?.leftovers(), []);
});

const kubectl = (words: string): Promise<string> =>
  lab.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`);

const containers = (): Promise<string[]> =>
  lab.engine.docker.list(sh`ps --all --filter label=labwright.lab=e2e-pause --format {{.State}}`);

/** When each node's condition Ready changed last. */
const transitions = (): Promise<string> =>
  kubectl(
    `get nodes -o 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].lastTransitionTime}{"\\n"}{end}'`,
  );

/** What a lab has to do after it: a new pod, its log, a command in it, a token. */
async function assertWorks(name: string): Promise<void> {
  await kubectl(
    `run ${name} --image docker.io/library/nginx:latest --image-pull-policy IfNotPresent --restart Never`,
  );
  await kubectl(`wait --for=condition=Ready pod/${name} --timeout 60s`);
  await kubectl(`logs ${name}`);
  assert.match(await kubectl(`exec ${name} -- sh -c 'echo works'`), /^works/);
  assert.match(await kubectl("create token default"), /^ey/);
  await kubectl(`delete pod ${name} --now`);
}

for (const seconds of isShort ? [10] : [10, 120, 420])
  test(`frozen for ${seconds} s: no node is ever taken for gone, and all works`, async (t) => {
    const [address] = (await kubectl("get node w1 -o 'jsonpath={.status.addresses[0].address}'")).split("\n");
    const before = await transitions();
    succeeds(await lab.labwright(["pause"]));
    assert.deepEqual(await containers(), ["paused", "paused"]);
    assert.match((await lab.labwright(["status"])).output, /w1 +worker +paused/);
    assert.match(succeeds(await lab.labwright(["pause"])).output, /The lab is paused already/);
    await sleep(seconds * 1000);
    const resumed = succeeds(await lab.labwright(["resume"]));
    assert.match(resumed.output, /^Resumed: 2 machines \(/m);
    t.diagnostic(/^Resumed.*$/m.exec(resumed.output)?.[0] ?? "");
    const { stop } = polled(`http://${address}:30080/`);
    await sleep(15_000);
    assert.deepEqual(await stop(), []);
    // After three minutes a kubelet reports itself as not Ready until it has looked at its pods, while no controller listens.
    if (seconds < 180) assert.equal(await transitions(), before);
    else assert.doesNotMatch(await kubectl("get nodes"), /NotReady/);
    await assertWorks(`after-${seconds}`);
    assert.match(succeeds(await lab.labwright(["plan"])).output, /Nothing to do/);
  });

test("`up` resumes a paused lab, `reset` too, and a restart of the machines is told", async () => {
  succeeds(await lab.labwright(["pause"]));
  succeeds(await lab.labwright(["up"]));
  assert.deepEqual(await containers(), ["running", "running"]);
  succeeds(await lab.labwright(["pause"]));
  assert.match(succeeds(await lab.labwright(["reset"])).output, /^Reset by undoing/m);
  const names = ["cp", "w1"].map((name) => `labwright-e2e-pause.${name}`);
  succeeds(await lab.labwright(["pause"]));
  // As after a restart of the computer.
  await lab.engine.docker.run(sh`unpause ${names}`);
  await lab.engine.docker.run(sh`stop --time 1 ${names}`);
  assert.match(succeeds(await lab.labwright(["resume"])).output, /^Started: 2 machines, which ran no more/m);
  await assertWorks("restarted");
});

test("killed between the controllers and the machines: `resume` lets the controllers go on", async () => {
  await lab.inside("cp", "pkill -STOP -x -f 'kube-controller-manager .*'");
  assert.match((await lab.labwright(["plan"])).output, /kube-controller-manager is stopped/);
  succeeds(await lab.labwright(["resume"]));
  assert.match(await lab.inside("cp", "grep State /proc/$(pidof -s kube-controller-manager)/status"), /S \(/);
});
