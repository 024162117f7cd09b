import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sh } from "../../src/hosts/sh.ts";
import { type Neighbour, neighbourOf } from "./neighbour.ts";
import { isShort, long, type Ran, succeeds, type TestLab, testLab } from "./support.ts";

/** One lab is damaged and reset; a client asks another one all the time. Each test begins with the lab as its baseline says. */
const machines = (workers: number) => `machines:
  - { name: cp, role: control-plane }
  - { name: w, role: worker, count: ${workers} }
`;
let lab: TestLab;
let neighbour: Neighbour | undefined;

before(async () => {
  lab = await testLab("e2e-reset", machines(2));
  await lab.labwright(["down"]);
  succeeds(await lab.labwright(["up"]));
  if (!isShort) neighbour = await neighbourOf(lab.name);
});
after(async () => {
  await lab?.labwright(["down"]);
  await neighbour?.remove();
  assert.deepEqual(await lab.leftovers(), []);
});

const kubectl = (words: string): Promise<string> =>
  lab.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`);

const isClean = async (): Promise<void> =>
  assert.match((await lab.labwright(["reset", "--dry-run"])).output, /^Nothing to reset/);

async function resets(...args: string[]): Promise<Ran> {
  const ran = succeeds(await lab.labwright(["reset", ...args]));
  assert.match(ran.output, /3 nodes: lease renewed since the command began/);
  assert.match(ran.output, /3 nodes: a pod was created, ran to its end and was deleted/);
  assert.match(ran.output, /the baseline is equal/);
  await isClean();
  return ran;
}

/** A command on a lab without etcd's data. */
async function wildly(...request: Parameters<TestLab["labwright"]>): Promise<Ran> {
  await lab.inside("cp", "rm -rf /var/lib/etcd/member; pkill -KILL etcd");
  return lab.labwright(...request);
}

const told = ({ output }: Ran): string => /^Reset .*$/m.exec(output)?.[0] ?? output;

/** A kind that the cluster does not have. */
const widgets = JSON.stringify({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget" },
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
  },
});
const mess = `
  kubectl() { command kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }
  kubectl delete deployment nginx
  kubectl create namespace mess
  for i in $(seq 50); do echo "{\\"apiVersion\\":\\"v1\\",\\"kind\\":\\"ConfigMap\\",\\"metadata\\":{\\"name\\":\\"m$i\\",\\"namespace\\":\\"mess\\"}}"; done | kubectl create -f - >/dev/null
  kubectl -n mess create deployment web --image docker.io/library/nginx:latest --replicas 2
  kubectl cordon w1
  kubectl create -f - >/dev/null <<END
${widgets}
END
  kubectl wait --for=condition=Established crd/widgets.example.com >/dev/null
  until echo '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"one","namespace":"default"}}' | kubectl create -f -; do sleep 0.2; done
  kubectl -n kube-system delete configmap coredns
  echo more >>/etc/motd; rm /etc/profile; echo bad >/etc/sysctl.d/99-bad.conf; chmod 666 /etc/shadow
  useradd -m mallory
  iptables -A INPUT -p tcp --dport 9999 -j DROP`;

test("an idle lab is equal to its baseline, also after a while", async () => {
  await isClean();
  if (!isShort) await sleep(600_000);
  await isClean();
});

test("typical damage is listed, undone, and the lab proved", async (t) => {
  await lab.inside("cp", mess);
  await lab.inside(
    "w2",
    "systemctl disable --now kubelet 2>/dev/null; mkdir -p /opt/trash; mount -t tmpfs none /mnt",
  );
  const listed = succeeds(await lab.labwright(["reset", "--dry-run"])).output;
  for (const words of [
    /deployment.apps default\/nginx would be put back$/m,
    /namespace mess would be removed$/m,
    /node w1 would be put back as it was$/m,
    /customresourcedefinition\.apiextensions\.k8s\.io widgets\.example\.com would be removed$/m,
    /file \/etc\/motd would be put back as it was$/m,
    /file \/etc\/profile would be put back$/m,
    /account mallory would be removed$/m,
    /firewall rule iptables filter INPUT .*9999.* would be removed$/m,
    /systemd unit kubelet.service would be put back/m,
    /mount \/mnt would be removed$/m,
  ])
    assert.match(listed, words);
  assert.doesNotMatch(listed, /mess\/m1/);
  // A dry run changes nothing.
  assert.match(await kubectl("get namespaces"), /mess/);
  const ran = await resets();
  assert.match(ran.output, /^Reset by undoing/m);
  t.diagnostic(told(ran));
});

test("with a snapshot nothing is created again: its machines are restored, and what they have too much is undone", {
  skip: long,
}, async (t) => {
  await kubectl("create namespace before");
  succeeds(await lab.labwright(["snapshot", "save", "half"]));
  const killed = await wildly(["reset"], { killWhen: /restore the machines from half/, killAfter: 4000 });
  assert.equal(killed.code, null, killed.output);
  assert.match(
    (await lab.labwright(["up"])).output,
    /the restore of the snapshot "half" .* was not completed/,
  );
  for (const ran of [await resets(), succeeds(await wildly(["reset"]))]) {
    assert.match(ran.output, /^Reset by restoring the snapshot half, saved at .*, and undoing 1 difference/m);
    assert.doesNotMatch(await kubectl("get namespaces"), /before/);
    t.diagnostic(told(ran));
  }
  succeeds(await lab.labwright(["snapshot", "delete", "half", "--yes"]));
});

test("one machine is created again, and its host key and passwords stay", { skip: long }, async (t) => {
  const hostKey = await lab.inside("w1", "cat /etc/ssh/ssh_host_ed25519_key.pub");
  await lab.inside("cp", "touch /root/stays");
  const ran = succeeds(await lab.labwright(["reset", "--machine", "w1", "--rebuild"]));
  t.diagnostic(told(ran));
  assert.equal(await lab.inside("w1", "cat /etc/ssh/ssh_host_ed25519_key.pub"), hostKey);
  assert.match((await lab.labwright(["reset", "--dry-run"])).output, /file \/root\/stays would be removed/);
  await resets();
});

for (const place of [
  /compare with the baseline/,
  /undo \d+ differences/,
  /check the machines/,
  /create \w+ /,
])
  test(`killed at "${place.source}", and run again`, { skip: long }, async () => {
    await lab.inside("cp", mess);
    const args = place.source.startsWith("create") ? ["reset", "--rebuild"] : ["reset"];
    const killed = await lab.labwright(args, { killWhen: place, killAfter: 700 });
    assert.equal(killed.code, null, killed.output);
    await resets();
  });

test("what `up` changes enters the baseline, what somebody else has changed does not", {
  skip: long,
}, async () => {
  await lab.inside("cp", "echo theirs >/root/theirs");
  const text = (workers: number) => `name: e2e-reset\n${machines(workers)}`;
  await writeFile(lab.file, text(1));
  succeeds(await lab.labwright(["up"]));
  const listed = (await lab.labwright(["reset", "--dry-run"])).output;
  assert.match(listed, /file \/root\/theirs would be removed/);
  assert.equal(listed.trim().split("\n").length, 2, listed);
  await writeFile(lab.file, text(2));
  succeeds(await lab.labwright(["up"]));
  await resets();
});

test("many resets leave nothing behind", { skip: long }, async (t) => {
  const { docker } = lab.engine;
  const counts = async () => [
    (await docker.list(sh`ps --all --quiet`)).length,
    (await docker.list(sh`network ls --quiet`)).length,
    (await docker.list(sh`volume ls --quiet`)).length,
    (await docker.list(sh`image ls --quiet`)).length,
    (await lab.inside("cp", "grep -c . /proc/mounts")).trim(),
  ];
  await resets();
  const start = await counts();
  const seconds: number[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    await kubectl("delete deployment nginx");
    seconds.push((await resets()).seconds);
  }
  assert.deepEqual(await counts(), start);
  seconds.sort((a, b) => a - b);
  t.diagnostic(`50 resets: median ${seconds[25]?.toFixed(1)} s, slowest ${seconds[49]?.toFixed(1)} s`);
});
