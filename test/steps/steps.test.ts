import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { kubernetesImages } from "../../src/kubernetes/images.ts";
import { loadStep, stepNames } from "../../src/steps/registry.ts";
import { bound, said, sceneOn } from "./scene.ts";

const nothing = said("", 1);

/** All of a step's probes answered with nothing: what a fresh machine says. */
async function onFresh(name: string, machineName: string, params: unknown = {}) {
  const step = await bound(name, params);
  const scene = sceneOn(machineName);
  const facts = Object.fromEntries(Object.keys(step.probe(scene)).map((key) => [key, nothing]));
  return step.check(facts, scene);
}

test("every step finds a difference on a fresh machine", async () => {
  const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ledger" } };
  const backup = { file: "/root/a.db", status: "/root/a.json", namespace: "ledger" };
  const params: Record<string, unknown> = {
    images: { set: "calico" },
    "docker-image": { set: "nginx" },
    "compose-app": { folder: "/root/a", services: ["a"], url: "http://localhost/", says: "a", solution: "" },
    "service-answers": { namespace: "a", service: "a", port: 80, path: "/", says: "a" },
    account: { name: "thor" },
    "command-prints": { command: ["hostname"], prints: "cp" },
    file: { path: "/root/answer" },
    "docker-connected": { network: "news", containers: ["web"] },
    "docker-container": { container: "web" },
    "docker-reach": { groups: [["web"], ["db"]] },
    "docker-network": { network: "news" },
    "architecture-tour": { file: "/root/answers.yaml", part: "trace", namespace: "tour" },
    "cluster-objects": { name: "ledger", objects: [object] },
    "etcd-restored": { namespace: "ledger", objects: ["configmap/a"], snapshot: "/root/a.db" },
    "etcd-snapshot": backup,
    "exercise-folder": { path: "/root/drill" },
    "login-user": { name: "thor" },
    "user-kubectl": { user: "thor" },
    namespace: { name: "shop" },
    "wanted-objects": {
      namespace: "shop",
      objects: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "web" } }],
    },
    "kube-pods": { namespace: "shop", labels: { app: "web" } },
    "kube-answers": { namespace: "shop", service: "web" },
    "pod-shares-volume": { namespace: "shop", pod: "web", container: "web", path: "/a", with: "db" },
    "pods-heal": { namespace: "shop", replicaSet: "web" },
    "kept-secret": { namespace: "shop", secret: "web", key: "password", value: "flour" },
    "no-failed-request": {
      namespace: "shop",
      deployment: "web",
      container: "web",
      customer: "customer",
      service: "web",
      images: ["web:1", "web:2"],
      patch: {},
    },
  };
  // This computer has no proxy, and the one account of the control plane becomes root.
  const idle = ["runtime-proxies", "student-kubectl"];
  for (const name of stepNames().filter((one) => !idle.includes(one))) {
    const machineName = ["user-kubeconfig", "cluster-ready", "nodeport-answers"].includes(name)
      ? "here"
      : ["kubeadm-join", "joined-node"].includes(name)
        ? "w1"
        : "cp";
    assert.notDeepEqual(await onFresh(name, machineName, params[name]), [], name);
  }
});

test("a step refuses parameters that are not its own", async () => {
  const step = await loadStep("nginx-nodeport");
  assert.throws(() => step?.bind({ nodePort: 80 }, emptyStore));
  assert.throws(() => step?.bind({ port: 30080 }, emptyStore));
});

test("images: names what is missing and is content when all are there", async () => {
  const step = await bound("images", { set: "kubernetes" });
  const names = kubernetesImages.names("1.36");
  const record = said(["# Kubernetes 1.36.3", ...names].join("\n"));
  assert.deepEqual(step.check({ present: said(names.join("\n")), record }, sceneOn("cp")), []);
  assert.deepEqual(step.check({ present: said(names.slice(1).join("\n")), record }, sceneOn("cp")), [
    `the image ${names[0]} is missing`,
  ]);
  const older = said(["# Kubernetes 1.36.2", ...names].join("\n"));
  assert.deepEqual(step.check({ present: said(names.join("\n")), record: older }, sceneOn("cp")), [
    "the images of kubernetes for this release are not on the machine",
  ]);
});

test("kernel-settings: a live value below the wanted one is told, one above is fine", async () => {
  const step = await bound("kernel-settings");
  const { template } = await import("../../src/template.ts");
  const facts = {
    settings: said(template("kernel-settings/sysctl.conf")),
    modules: said(template("kernel-settings/modules.conf")),
    live: said("net.ipv4.ip_forward 0\nfs.inotify.max_user_instances 8192\n"),
    swap: said(""),
  };
  assert.deepEqual(step.check(facts, sceneOn("cp")), ["net.ipv4.ip_forward is 0, not 1"]);
  assert.match(
    step.check({ ...facts, swap: said("/dev/sda2 partition 1 0 -2\n") }, sceneOn("cp")).join(),
    /swap is on/,
  );
});

test("kubeadm-join: tells a machine that never joined, one of another cluster, and one whose node is gone", async () => {
  const step = await bound("kubeadm-join");
  const joined = {
    mark: said(""),
    authority: said("aa"),
    clusterAuthority: said("aa"),
    nodes: said({ items: [{ metadata: { name: "w1" } }] }),
    cgroup: said(""),
    container: said(""),
  };
  const scene = sceneOn("w1");
  assert.deepEqual(step.check(joined, scene), []);
  assert.match(step.check({ ...joined, mark: nothing }, scene).join(), /has not joined/);
  assert.match(step.check({ ...joined, clusterAuthority: said("bb") }, scene).join(), /another cluster/);
  assert.match(step.check({ ...joined, nodes: said({ items: [] }) }, scene).join(), /cp knows no node w1/);
  assert.deepEqual(
    step.check({ ...joined, nodes: nothing }, scene),
    [],
    "an API server that does not answer says nothing about the node",
  );
});

test("kubelet-config: names the settings that differ, not the runtime's socket, and a kubelet that is stopped", async () => {
  const step = await bound("kubelet-config");
  const facts = {
    file: said("maxPods: 5\na: 1\ncontainerRuntimeEndpoint: x\n"),
    cluster: said("a: 1\n"),
    state: said("active\n"),
  };
  assert.deepEqual(step.check(facts, sceneOn("w1")), [
    "/var/lib/kubelet/config.yaml has another maxPods than the cluster's kubelet-config",
  ]);
  assert.deepEqual(step.check({ ...facts, file: facts.cluster, state: said("inactive\n") }, sceneOn("w1")), [
    "kubelet is inactive, not active",
  ]);
});

test("nodeport-answers: every node, from inside and from here, with nginx's page", async () => {
  const step = await bound("nodeport-answers");
  const good = "cp\t200\t<title>Welcome to nginx!</title>\nw1\t200\t<title>Welcome to nginx!</title>\n";
  const check = (inside: string, outside: string) =>
    step.check({ inside: said(inside), outside: said(outside) }, sceneOn("here"));
  assert.deepEqual(check(good, good), []);
  assert.deepEqual(check(good.replace("w1\t200", "w1\t000"), good), [
    "from inside the lab, w1 answers not at all",
  ]);
  assert.deepEqual(check(good, good.replace("w1\t200", "w1\t502")), ["from here, w1 answers with 502"]);
  assert.deepEqual(check(good, good.replace("Welcome to nginx!", "It works!")), [
    "from here, cp answers with another page than nginx's",
  ]);
});

test("nginx-nodeport: compares the two objects by what was asked", async () => {
  const step = await bound("nginx-nodeport");
  const deployment = {
    kind: "Deployment",
    metadata: { name: "nginx" },
    spec: { replicas: 2, template: { spec: { containers: [{ image: "docker.io/library/nginx:latest" }] } } },
  };
  const service = {
    kind: "Service",
    metadata: { name: "nginx" },
    spec: { type: "NodePort", ports: [{ nodePort: 30080 }] },
  };
  const check = (...items: unknown[]) =>
    step.check({ objects: said(JSON.stringify({ items })) }, sceneOn("cp"));
  assert.deepEqual(check(deployment, service), []);
  assert.deepEqual(check(service), ["the deployment nginx is missing"]);
  assert.deepEqual(step.check({ objects: said(JSON.stringify(service)) }, sceneOn("cp")), [
    "the deployment nginx is missing",
  ]);
  assert.deepEqual(check(deployment, { ...service, spec: { ...service.spec, type: "ClusterIP" } }), [
    "the service nginx is a ClusterIP, not a NodePort",
  ]);
  assert.deepEqual(check({ ...deployment, spec: { ...deployment.spec, replicas: 5 } }, service), [
    "the deployment nginx has 5 replicas, not 2",
  ]);
});

test("cluster-members: a node that is no machine of the lab is told", async () => {
  const step = await bound("cluster-members");
  const nodes = (...names: string[]) =>
    said(JSON.stringify({ items: names.map((name) => ({ metadata: { name } })) }));
  assert.deepEqual(step.check({ nodes: nodes("cp", "w1") }, sceneOn("cp")), []);
  assert.deepEqual(step.check({ nodes: nodes("cp", "w9") }, sceneOn("cp")), [
    "the node w9 is no machine of the lab",
  ]);
});
