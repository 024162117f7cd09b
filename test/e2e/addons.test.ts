import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { testLab } from "./support.ts";

const lab = await testLab("e2e-addons");
after(async () => {
  await lab.labwright(["down"]);
});

const fileWith = (...addons: string[]): string => `name: ${lab.name}
machines:
  - { name: cp, role: control-plane }
  - { name: w1, role: worker }
cluster:
  network: { plugin: flannel }
  addons: [${addons.join(", ")}]
`;

const kubectl = (words: string, input = ""): Promise<string> =>
  lab.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words} <<'END'\n${input}\nEND`);

/** `up`, after which nothing differs. */
async function up(...addons: string[]): Promise<string> {
  await writeFile(lab.file, fileWith(...addons));
  const ran = await lab.labwright(["up"]);
  assert.equal(ran.code, 0, ran.output);
  const again = await lab.labwright(["plan"]);
  assert.equal(again.code, 0, again.output);
  return ran.output;
}

/** What `plan` finds, which is something. */
async function plan(): Promise<string> {
  const { code, output } = await lab.labwright(["plan"]);
  assert.equal(code, 3, output);
  return output;
}

const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Mi } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: writer }
spec:
  selector: { matchLabels: { app: writer } }
  strategy: { type: Recreate }
  template:
    metadata: { labels: { app: writer } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: web
          image: docker.io/library/nginx:latest
          imagePullPolicy: IfNotPresent
          volumeMounts: [{ name: data, mountPath: /data }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
`;

const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules:
    - host: web.example
      http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: nginx, port: { number: 80 } } } }
`;

/** The status that skipper answers for a host, at a node's port. */
const asked = (host: string): Promise<string> =>
  lab
    .inside(
      "w1",
      `curl --silent --output /dev/null --write-out '%{http_code}' -H 'Host: ${host}' http://cp:30081/`,
    )
    .catch(() => "");

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    if (await holds()) return;
    await delay(1000);
  }
  assert.fail(`${what}: not within a minute`);
}

const marked = async (): Promise<string[]> =>
  (
    await kubectl(
      "get namespaces,deployments,storageclasses,ingressclasses,apiservices,clusterroles -A -l labwright/addon -o name",
    )
  )
    .trim()
    .split("\n")
    .filter((line) => line !== "");

test("addons work, are repaired, and are removed when the lab file does not name them", async (t) => {
  await lab.labwright(["down"]);
  const started = Date.now();
  await up("metrics-server", "local-path-provisioner", "skipper");
  t.diagnostic(`up and plan: ${Math.round((Date.now() - started) / 1000)} s`);

  const top = await kubectl("top nodes --no-headers");
  t.diagnostic(top);
  assert.match(top, /^cp +\d+m +\d+% +\d+Mi /m);
  assert.match(top, /^w1 +\d+m +\d+% +\d+Mi /m);

  await kubectl("apply -f -", claim);
  await kubectl("rollout status deployment/writer --timeout=120s");
  assert.equal((await kubectl("get pvc data -o jsonpath={.status.phase}")).trim(), "Bound");
  await kubectl("exec deployment/writer -- sh -c 'echo kept >/data/word'");
  await kubectl("rollout restart deployment/writer");
  await kubectl("rollout status deployment/writer --timeout=120s");
  assert.equal((await kubectl("exec deployment/writer -- cat /data/word")).trim(), "kept");
  assert.match(await lab.inside("w1", "cat /var/lib/labwright-local-path/pvc-*_default_data/word"), /kept/);

  await kubectl("apply -f -", ingress);
  await until("the Ingress answers", async () => (await asked("web.example")) === "200");
  assert.equal(await asked("other.example"), "404");

  await kubectl("delete apiservice v1beta1.metrics.k8s.io");
  await kubectl("annotate storageclass local-path storageclass.kubernetes.io/is-default-class-");
  await kubectl("-n kube-system scale deployment skipper-ingress --replicas=0");
  await until("skipper is gone", async () => (await asked("web.example")) !== "200");
  const broken = await plan();
  assert.match(broken, /apiservice\/v1beta1[.]metrics[.]k8s[.]io of metrics-server is missing/);
  assert.match(broken, /the StorageClass local-path is not the cluster's default/);
  assert.match(broken, /the pod of the Deployment skipper-ingress is not Ready/);
  await up("metrics-server", "local-path-provisioner", "skipper");
  await until("the Ingress answers again", async () => (await asked("web.example")) === "200");

  await writeFile(lab.file, fileWith("metrics-server"));
  const surplus = await plan();
  assert.match(surplus, /local-path-provisioner is installed, and the lab file does not name it/);
  assert.match(surplus, /skipper is installed, and the lab file does not name it/);
  await up("metrics-server");
  assert.deepEqual(
    (await marked()).filter((name) => !/metrics/.test(name)),
    [],
  );
  assert.match(await kubectl("top nodes --no-headers"), /^w1 +\d+m/m);
  // The volume stays, and its data.
  assert.equal((await kubectl("exec deployment/writer -- cat /data/word")).trim(), "kept");
});

test("what somebody else installed is neither changed nor removed", async () => {
  await up();
  assert.deepEqual(await marked(), []);
  const storageClass = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: local-path }
provisioner: example.com/other
`;
  await kubectl("apply -f -", storageClass);
  await writeFile(lab.file, fileWith("local-path-provisioner"));
  const refused = await lab.labwright(["up"]);
  assert.equal(refused.code, 1, refused.output);
  assert.match(refused.output, /the cluster has storageclass\/local-path, which labwright did not create/);
  assert.deepEqual(await marked(), []);
  await kubectl("delete storageclass local-path");
  await up("local-path-provisioner");
  await kubectl("-n local-path-storage create secret generic mine --from-literal=word=kept");
  const removed = await up();
  assert.match(removed, /secret\/local-path-storage\/mine/);
  assert.match(await kubectl("-n local-path-storage get secret mine -o name"), /secret\/mine/);
  assert.deepEqual(await marked(), []);
});

test("nothing is left of the lab", async () => {
  assert.equal((await lab.labwright(["down"])).code, 0);
  assert.deepEqual(await lab.leftovers(), []);
});
