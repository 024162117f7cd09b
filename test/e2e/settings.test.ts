import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, test } from "node:test";
import { testLab } from "./support.ts";

const lab = await testLab("e2e-settings");
after(async () => {
  await lab.labwright(["down"]);
});

const machines = `name: e2e-settings
machines:
  - { name: cp, role: control-plane }
  - { name: w1, role: worker }
playbooks: [cluster]
`;

const settings = `cluster:
  apiServer: { extraArgs: [{ name: audit-log-maxage, value: "7" }] }
  etcd: { local: { extraArgs: [{ name: snapshot-count, value: "5000" }] } }
  kubelet: { maxPods: 60, syncFrequency: 90s }
  featureGates: { MutatingAdmissionPolicy: true }
  admissionPlugins: [AlwaysPullImages]
  auditPolicy: { rules: [{ level: Metadata, resources: [{ resources: [secrets] }] }, { level: None }] }
  encryptionAtRest: true
`;

const kubectl = (words: string): Promise<string> =>
  lab.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`);

/** How a Secret stands in etcd: the first bytes of its value. */
const inEtcd = (name: string): Promise<string> =>
  lab.inside(
    "cp",
    `crictl exec "$(crictl ps -q --name '^etcd$')" etcdctl --endpoints https://127.0.0.1:2379 \
      --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt \
      --key /etc/kubernetes/pki/etcd/server.key get /registry/secrets/default/${name} --print-value-only |
      tr -dc '[:print:]' | head -c 200`,
  );

const argumentsOf = (program: string): Promise<string> =>
  lab.inside("cp", `tr '\\0' '\\n' </proc/$(pidof -s ${program})/cmdline`);

const maxPods = (): Promise<string> => kubectl("get nodes -o jsonpath='{.items[*].status.capacity.pods}'");

async function up(text: string): Promise<void> {
  await writeFile(lab.file, `${machines}${text}`);
  const ran = await lab.labwright(["up"]);
  assert.equal(ran.code, 0, ran.output);
  const again = await lab.labwright(["plan"]);
  assert.equal(again.code, 0, again.output);
}

test("settings of a running cluster are applied, changed and taken away", async () => {
  await lab.labwright(["down"]);
  await up("");
  await kubectl("create secret generic early --from-literal=word=canary-one");
  assert.match(await inEtcd("early"), /canary-one/);

  await up(settings);
  const apiServer = await argumentsOf("kube-apiserver");
  assert.match(apiServer, /^--audit-log-maxage=7$/m);
  assert.match(apiServer, /^--enable-admission-plugins=NodeRestriction,AlwaysPullImages$/m);
  assert.match(apiServer, /^--feature-gates=MutatingAdmissionPolicy=true$/m);
  assert.match(await argumentsOf("etcd"), /^--snapshot-count=5000$/m);
  assert.equal((await maxPods()).trim(), "60 60");

  // Secrets that were there before are encrypted too, and can be read.
  await kubectl("create secret generic late --from-literal=word=canary-two");
  for (const name of ["early", "late"]) {
    assert.match(await inEtcd(name), /^k8s:enc:secretbox:v1:key1:/);
    assert.doesNotMatch(await inEtcd(name), /canary/);
  }
  assert.equal(atob((await kubectl("get secret early -o jsonpath={.data.word}")).trim()), "canary-one");
  const key = await lab.inside("cp", "stat -c '%U %a' /etc/labwright/api-server/encryption.yaml");
  assert.equal(key.trim(), "root 600");

  const log = await lab.inside("cp", "cat /var/log/kubernetes/audit/audit.log");
  const events = log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  assert.ok(events.some(({ verb, objectRef }) => verb === "create" && objectRef.name === "late"));
  assert.ok(events.every(({ objectRef }) => objectRef.resource === "secrets"));
  assert.doesNotMatch(log, /canary/);

  await kubectl("run pulled --image=web --image-pull-policy=Never");
  assert.equal(
    (await kubectl("get pod pulled -o jsonpath={.spec.containers[0].imagePullPolicy}")).trim(),
    "Always",
  );

  await up(settings.replace("maxPods: 60", "maxPods: 70").replace('value: "7"', 'value: "8"'));
  assert.match(await argumentsOf("kube-apiserver"), /^--audit-log-maxage=8$/m);
  assert.equal((await maxPods()).trim(), "70 70");

  await up("");
  assert.doesNotMatch(await argumentsOf("kube-apiserver"), /audit|AlwaysPullImages|feature-gates|encryption/);
  assert.doesNotMatch(await argumentsOf("etcd"), /snapshot-count=5000/);
  assert.equal((await maxPods()).trim(), "110 110");
  assert.match(await inEtcd("late"), /canary-two/);
  assert.equal((await lab.inside("cp", "ls -d /etc/labwright/api-server 2>/dev/null || true")).trim(), "");
});

test("an argument that the API server does not have is reported with its log, and the mended file repairs it", async () => {
  await writeFile(
    lab.file,
    `${machines}cluster: { apiServer: { extraArgs: [{ name: no-such-argument, value: "1" }] } }\n`,
  );
  const broken = await lab.labwright(["up"]);
  assert.equal(broken.code, 1, broken.output);
  assert.match(broken.output, /cp: kube-apiserver ends again and again with the settings of the lab file/);
  assert.match(broken.output, /unknown flag: --no-such-argument/);
  assert.match(broken.output, /Correct cluster[.]apiServer in the lab file/);
  await up("");
  assert.doesNotMatch(await argumentsOf("kube-apiserver"), /no-such-argument/);
});

test("the cluster's networks cannot be changed", async () => {
  await writeFile(lab.file, `${machines}cluster: { network: { serviceSubnet: 10.97.0.0/16 } }\n`);
  const refused = await lab.labwright(["up"]);
  assert.equal(refused.code, 1, refused.output);
  assert.match(refused.output, /cluster[.]network[.]serviceSubnet is 10[.]97[.]0[.]0\/16/);
  assert.equal((await lab.labwright(["down"])).code, 0);
  assert.deepEqual(await lab.leftovers(), []);
});
