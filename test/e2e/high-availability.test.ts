import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sh } from "../../src/hosts/sh.ts";
import { told, whileWriting } from "./api-client.ts";
import { membersOn } from "./cluster-members.ts";
import { outputOf, type TestLab, testLab } from "./support.ts";
import { controlPlanes, planes } from "./three-control-planes.ts";

/** Three control planes behind a load balancer, under a client that writes and reads back: each test begins as the one before ended. */
const name = "e2e-ha";
const fileOf = (count: number, isEncrypted = true): string =>
  controlPlanes(count, isEncrypted ? ["encryptionAtRest: true"] : []);
let lab: TestLab;

before(async () => {
  lab = await testLab(name, fileOf(3));
  await lab.labwright(["down"]);
});
after(async () => {
  await succeeds("down");
  assert.deepEqual(await lab.leftovers(), []);
});

const containerOf = (machine: string): string => `labwright-${name}.${machine}`;

const succeeds = (...args: string[]): Promise<string> => outputOf(lab, args);

/** A command on the API server of one control plane. */
const kubectlOn = (machine: string, words: string): Promise<string> =>
  lab.inside(
    machine,
    `kubectl --kubeconfig /etc/kubernetes/admin.conf --server https://127.0.0.1:6443 ${words}`,
  );

test("three control planes are made, and nothing is left to do", async () => {
  await succeeds("up");
  assert.deepEqual(await membersOn(lab, "cp3"), { members: planes, ready: planes });
  assert.match(await succeeds("plan"), /Nothing to do/);
  const manifest = await lab.inside("cp2", "cat /etc/kubernetes/manifests/kube-scheduler.yaml");
  assert.match(manifest, /--leader-elect=true/);
});

test("each control plane reads the Secrets that another one has encrypted, and none is switched while the others run", async () => {
  for (const machine of planes)
    await kubectlOn(machine, `create secret generic from-${machine} --from-literal word=sesame`);
  await readsAll();
  const stored =
    "crictl exec $(crictl ps -q --name '^etcd$') etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key get /registry/secrets/default/from-cp3";
  assert.match(await lab.inside("cp1", stored), /k8s:enc:secretbox/);
  await writeFile(lab.file, `name: ${name}\n${fileOf(3, false)}`);
  const refused = await lab.labwright(["up"]);
  await writeFile(lab.file, `name: ${name}\n${fileOf(3)}`);
  assert.equal(refused.code, 1, refused.output);
  assert.match(refused.output, /encryptionAtRest is false, and the cluster was made with true/);
});

/** sesame is c2VzYW1l in base64. */
async function readsAll(): Promise<void> {
  for (const machine of planes)
    for (const other of planes)
      assert.match(
        await kubectlOn(machine, `get secret from-${other} -o jsonpath={.data.word}`),
        /^c2VzYW1l/,
      );
}

for (const machine of planes)
  test(`${machine} is killed: the API answers, no acknowledged write is lost, and \`up\` brings it back`, async (t) => {
    const written = await whileWriting(lab, async () => {
      await lab.engine.docker.run(sh`kill ${containerOf(machine)}`);
      await sleep(20_000);
    });
    t.diagnostic(`${machine}: ${told(written)}`);
    assert.ok(written.longestPause < 15_000, told(written));
    await succeeds("up");
    assert.deepEqual(await membersOn(lab, machine), { members: planes, ready: planes });
  });

test("the load balancer is restarted", async (t) => {
  const written = await whileWriting(lab, async () => {
    await lab.inside("lb", "systemctl kill -s KILL labwright-load-balancer");
    await sleep(5000);
    await lab.engine.docker.run(sh`restart --time 0 ${containerOf("lb")}`);
    await sleep(5000);
  });
  t.diagnostic(told(written));
  await succeeds("up");
});

test("a control plane that is gone for good is created again, the first one too, and its old member goes", async () => {
  for (const machine of ["cp1", "cp3"]) {
    await lab.engine.docker.run(sh`rm --force --volumes ${containerOf(machine)}`);
    await succeeds("up");
    assert.deepEqual(await membersOn(lab, machine), { members: planes, ready: planes });
  }
  await readsAll();
  assert.match(await succeeds("plan"), /Nothing to do/);
});

test("a run that is killed while a control plane joins is repaired by the next", async () => {
  await lab.engine.docker.run(sh`rm --force --volumes ${containerOf("cp2")}`);
  const killed = await lab.labwright(["up"], {
    killWhen: /cp2 .*Waiting for the new etcd member|cp2 .*\[etcd\]/,
    killAfter: 500,
  });
  assert.equal(killed.code, null, killed.output);
  await succeeds("up");
  assert.deepEqual(await membersOn(lab, "cp2"), { members: planes, ready: planes });
});

test("two of three are deleted from the lab file: the one that stays has all that was written", async () => {
  await kubectlOn("cp3", "create configmap stays --from-literal a=b");
  await writeFile(lab.file, `name: ${name}\n${fileOf(1)}`);
  await succeeds("up");
  assert.deepEqual(await membersOn(lab, "cp1"), { members: ["cp1"], ready: ["cp1"] });
  assert.match(await kubectlOn("cp1", "get configmap stays -o jsonpath={.data.a}"), /^b/);
  await writeFile(lab.file, `name: ${name}\n${fileOf(3).replace("- { name: lb, role: load-balancer }", "")}`);
  const refused = await lab.labwright(["up"]);
  await writeFile(lab.file, `name: ${name}\n${fileOf(1)}`);
  assert.equal(refused.code, 2, refused.output);
  assert.match(refused.output, /3 control planes have no load balancer/);
});
