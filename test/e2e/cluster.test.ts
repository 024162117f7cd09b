import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { listedImages } from "../../src/artifacts/sets.ts";
import { sh } from "../../src/hosts/sh.ts";
import { contextOf } from "../../src/kubeconfig/context.ts";
import { kubernetesImages } from "../../src/kubernetes/images.ts";
import { labFolder, packageFolder } from "../../src/paths.ts";
import { defaultMinor, releasesOf } from "../../src/versions.ts";
import { pageAt } from "../support/browser.ts";
import { anonymousVolumes, succeeds, type TestLab, testLab } from "./support.ts";

/** One lab lives through this file: each test begins where the one before it ended. */
let lab: TestLab;
const others = `# A person's own file, with a comment.
apiVersion: v1
kind: Config
clusters:
- cluster: {server: "https://example.test:6443"}   # flow style
  name: theirs
contexts:
- context:
    cluster: theirs
    user: theirs
  name: theirs
users:
- name: theirs
  user: {token: abc}
current-context: theirs
`;

before(async () => {
  lab = await testLab("e2e");
  await lab.labwright(["down"]);
  await writeFile(lab.kubeconfig, others);
});
after(async () => {
  await lab?.labwright(["down"]);
});

const kubectl = (command: string) =>
  lab.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${command}`);

/** The tasks that `plan` names, as `machine task`. */
async function planned(): Promise<string[]> {
  const ran = await lab.labwright(["plan", "--json"]);
  const { machines, changes } = JSON.parse(ran.output) as {
    changes: number;
    machines: { name: string; changes: { task: string }[] }[];
  };
  assert.equal(ran.code, changes === 0 ? 0 : 3, ran.output);
  return machines.flatMap(({ name, changes }) => changes.map(({ task }) => `${name} ${task}`)).sort();
}

test("up makes three Ready nodes and nginx answers on each of them", async () => {
  const ran = await lab.labwright(["up", "--timeline"]);
  succeeds(ran);
  assert.equal(
    (await kubectl("get nodes --no-headers")).split("\n").filter((line) => /\bReady\b/.test(line)).length,
    3,
  );
  const addresses = (await kubectl(`get nodes -o jsonpath='{.items[*].status.addresses[0].address}'`)).split(
    " ",
  );
  for (const address of addresses) {
    const page = await fetch(`http://${address}:30080/`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /Welcome to nginx!/);
  }
  const printed = /^\s*nginx\s+(http\S+)/m.exec(ran.output)?.[1] ?? "no URL was printed";
  assert.match(await pageAt(printed), /<h1>Welcome to nginx!<\/h1>/);
  assert.match(
    await kubectl("-n kube-system get deployment calico-typha -o jsonpath={.status.readyReplicas}"),
    /1/,
  );
});

test("the node's own kubeadm lists the images that the table of versions names", async () => {
  const release = `v${releasesOf(defaultMinor).kubernetes}`;
  const listed = await lab.inside(
    "cp",
    `kubeadm config images list --kubernetes-version ${release} 2>/dev/null`,
  );
  assert.deepEqual(listedImages(listed), kubernetesImages.names(defaultMinor).sort());
});

test("the second up changes nothing, in one round trip a machine, and plan has nothing", async () => {
  const ran = await lab.labwright(["up"]);
  succeeds(ran);
  assert.match(ran.output, /Nothing to do: .*\(\d+\.\d s, 3 round trips\)/);
  assert.deepEqual(await planned(), []);
});

test("verify writes JUnit, status tells every component, ssh runs a command, kubeconfig has the lab's context", async () => {
  const report = `${lab.file}.xml`;
  succeeds(await lab.labwright(["verify", "--junit", report]));
  assert.match(await readFile(report, "utf8"), /<testcase [^>]*nodeport-answers/);
  const { machines } = JSON.parse((await lab.labwright(["status", "--json"])).output);
  const [cp] = machines;
  assert.deepEqual([...new Set(Object.values(cp.components))], ["ok"], JSON.stringify(cp));
  assert.ok(Object.keys(cp.components).length === 8 && cp.certificates.days > 300, JSON.stringify(cp));
  const inside = await lab.labwright(["ssh", "w1", "hostname; exit 7"]);
  assert.match(inside.output, /^w1\r?\n$/);
  assert.equal(inside.code, 7);
  const printed = await lab.labwright(["kubeconfig"]);
  assert.deepEqual(
    contextOf(printed.output, "e2e"),
    contextOf(await readFile(lab.kubeconfig, "utf8"), "e2e"),
  );
});

test("logs are a machine's journal, a unit's or a container's, and what has none is named", async () => {
  const logsOf = async (...args: string[]) => succeeds(await lab.labwright(["logs", ...args])).output;
  assert.match(await logsOf("kube-apiserver", "--lines", "1"), /^[^\n]+\n$/);
  assert.match(await logsOf("kubelet", "--lines", "1"), /^cp {2}.*\nw1 {2}.*\nw2 {2}.*kubelet/);
  assert.match(await logsOf("kubelet", "--lines", "1", "--machine", "w2"), /^(?!w2).* w2 kubelet/);
  assert.match(await logsOf("cp", "--lines", "200"), / cp /);
  const unknown = await lab.labwright(["logs", "kube-apiserve"]);
  assert.equal(unknown.code, 1);
  assert.match(
    unknown.output,
    /could not find a systemd unit or container called "kube-apiserve" on cp, w1 and w2/,
  );
});

test("the lab is in the list of this computer's labs", async () => {
  const main = join(packageFolder, "src/main.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [main, "list"]);
  assert.match(stdout, new RegExp(`^e2e +docker +running +${lab.file}$`, "m"));
});

test("damage by hand is named exactly by plan, and mended by up", async () => {
  await kubectl("delete deployment nginx");
  await lab.inside("w1", "systemctl stop kubelet; echo 'maxPods: 5' >>/var/lib/kubelet/config.yaml");
  await writeFile(lab.kubeconfig, others);
  const damaged = await planned();
  assert.deepEqual(
    damaged.filter((task) => !/cluster-ready|nodeport-answers/.test(task)),
    ["cp nginx-nodeport", "localhost user-kubeconfig", "w1 kubelet-config"],
  );
  succeeds(await lab.labwright(["up"]));
  assert.deepEqual(await planned(), []);
  assert.doesNotMatch(await lab.inside("w1", "cat /var/lib/kubelet/config.yaml"), /maxPods: 5/);
});

test("a worker whose container was deleted is named, created again and joined again", async () => {
  await lab.engine.docker.run(sh`rm --force --volumes labwright-e2e.w2`);
  const damaged = await planned();
  assert.ok(damaged.includes("w2 machine"), damaged.join());
  assert.ok(
    damaged.every((task) => /^w2 |cluster-ready|nodeport-answers/.test(task)),
    damaged.join(),
  );
  succeeds(await lab.labwright(["up"]));
  assert.deepEqual(await planned(), []);
});

test("a machine taken out of the lab file leaves the cluster, and comes back with the old file", async () => {
  const whole = await readFile(lab.file, "utf8");
  await writeFile(
    lab.file,
    "name: e2e\nmachines: [{ name: cp, role: control-plane }, { name: w1, role: worker }]\n",
  );
  assert.deepEqual(
    await planned(),
    ["cp cluster-members", "cp host-names", "w1 host-names", "w2 machine"].sort(),
  );
  succeeds(await lab.labwright(["up"]));
  assert.deepEqual(await planned(), []);
  assert.doesNotMatch(
    await lab.inside("cp", "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes"),
    /w2/,
  );
  await writeFile(lab.file, whole);
  succeeds(await lab.labwright(["up"]));
  assert.deepEqual(await planned(), []);
});

test("a second run is refused while one works on the lab, and told who it is", async () => {
  await kubectl("delete deployment nginx");
  const first = lab.labwright(["up"]);
  const held = () => existsSync(join(labFolder(lab.name), "lock"));
  while (!held()) await delay(20);
  const second = await lab.labwright(["down"]);
  assert.equal(second.code, 1, second.output);
  assert.match(second.output, /is in use: `labwright up` \(process \d+/);
  succeeds(await first);
});

test("down leaves nothing of the lab, and the kubeconfig as it was, to the byte", async () => {
  const volumes = await anonymousVolumes(lab);
  // Each of the three machines has one for the images of each runtime: containerd, CRI-O, Docker.
  assert.equal(volumes.length, 9);
  succeeds(await lab.labwright(["down"]));
  assert.deepEqual(await lab.leftovers(), []);
  const left = await lab.engine.docker.list(sh`volume ls --quiet`);
  assert.deepEqual(
    volumes.filter((volume) => left.includes(volume)),
    [],
  );
  assert.equal(await readFile(lab.kubeconfig, "utf8"), others);
  succeeds(await lab.labwright(["down"]));
});
