import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { told, whileWriting } from "./api-client.ts";
import { membersOn } from "./cluster-members.ts";
import { outputOf, type Ran, type RunOptions, type TestLab, testLab } from "./support.ts";
import { controlPlanes, planes } from "./three-control-planes.ts";

/** What changes a running cluster, with three control planes: each test begins as the one before ended. */
const name = "e2e-ha-changes";
const fileOf = (version: string, ...more: string[]): string =>
  controlPlanes(3, [`version: "${version}"`, ...more]);
let lab: TestLab;

before(async () => {
  lab = await testLab(name, fileOf("1.36"));
  await lab.labwright(["down"]);
  await succeeds("up");
});
after(async () => {
  await succeeds("down");
  assert.deepEqual(await lab.leftovers(), []);
});

const succeeds = (...args: string[]): Promise<string> => outputOf(lab, args);

/** What a script prints on each control plane. */
const onEach = (script: string): Promise<string[]> =>
  Promise.all(planes.map(async (machine) => (await lab.inside(machine, script)).trim()));

const argumentsOf = (program: string) => onEach(`tr '\\0' ' ' </proc/$(pidof -s ${program})/cmdline`);

async function assertWhole(): Promise<void> {
  for (const machine of planes)
    assert.deepEqual(await membersOn(lab, machine), { members: planes, ready: planes });
  assert.match(await succeeds("plan"), /Nothing to do/);
}

/** Runs a command while a client writes through the lab's load balancer. */
async function underWrites(args: string[], options?: RunOptions) {
  let ran: Ran | undefined;
  const written = await whileWriting(lab, async () => {
    ran = await lab.labwright(args, options);
  });
  assert.ok(ran);
  return { ...ran, told: `${args.join(" ")}: ${Math.round(ran.seconds)} s, ${told(written)}` };
}

test("settings reach all control planes, one after the other, and are taken away again", async (t) => {
  const settings = [
    "apiServer: { extraArgs: [{ name: audit-log-maxage, value: '7' }] }",
    "etcd: { local: { extraArgs: [{ name: snapshot-count, value: '5000' }] } }",
    "kubelet: { maxPods: 60 }",
  ];
  await writeFile(lab.file, `name: ${name}\n${fileOf("1.36", ...settings)}`);
  const applied = await underWrites(["up"]);
  assert.equal(applied.code, 0, applied.output);
  t.diagnostic(applied.told);
  for (const words of await argumentsOf("kube-apiserver")) assert.match(words, / --audit-log-maxage=7( |$)/);
  for (const words of await argumentsOf("etcd")) assert.match(words, / --snapshot-count=5000( |$)/);
  await assertWhole();
  await writeFile(lab.file, `name: ${name}\n${fileOf("1.36")}`);
  await succeeds("up");
  for (const words of await argumentsOf("kube-apiserver")) assert.doesNotMatch(words, /audit-log-maxage/);
  for (const words of await argumentsOf("etcd")) assert.doesNotMatch(words, /snapshot-count=5000/);
  await assertWhole();
});

test("certificates are renewed on all, one after the other", async (t) => {
  const before = await onEach("cat /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/etcd/peer.crt");
  const renewed = await underWrites(["certs", "renew", "--all"]);
  assert.equal(renewed.code, 0, renewed.output);
  t.diagnostic(renewed.told);
  const after = await onEach("cat /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/etcd/peer.crt");
  for (const [index, text] of after.entries()) assert.notEqual(text, before[index]);
  // What runs has the new certificate, not only the file.
  const served = await onEach(
    "diff <(openssl x509 -noout -serial </etc/kubernetes/pki/apiserver.crt) <(openssl s_client -connect 127.0.0.1:6443 </dev/null 2>/dev/null | openssl x509 -noout -serial) && echo same",
  );
  assert.deepEqual(served, ["same", "same", "same"]);
  await assertWhole();
});

test("1.36 to 1.37, killed while the second control plane is upgraded: the API answers throughout", async (t) => {
  const killed = await underWrites(["upgrade", "--to", "1.37", "--yes"], {
    killWhen: /cp2 .*kubeadm-upgrade.*\[upgrade\/(staticpods|control-plane)\]/,
    killAfter: 3000,
  });
  assert.equal(killed.code, null, killed.output);
  t.diagnostic(killed.told);
  const last = await underWrites(["up"]);
  assert.equal(last.code, 0, last.output);
  t.diagnostic(last.told);
  for (const words of await onEach("kubelet --version")) assert.match(words, /v1\.37\./);
  const versions = await lab.inside(
    "cp1",
    "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o 'jsonpath={.items[*].status.nodeInfo.kubeletVersion}'",
  );
  assert.match(versions.trim(), /^v1\.37\.\d+( v1\.37\.\d+){2}$/);
  await assertWhole();
});
