import assert from "node:assert/strict";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { afterEach, test } from "node:test";
import { networkMatrix } from "./network-matrix.ts";
import { type TestLab, testLab } from "./support.ts";

let lab: TestLab | undefined;
afterEach(async () => {
  await lab?.labwright(["down"]);
});

interface Network {
  /** `cluster.network` of the lab file. */
  network: string;
  enforcesPolicies: boolean;
  /** Of addresses; absent: IPv4 alone. */
  families?: 2;
  /** Absent: containerd. */
  runtime?: "cri-o" | "docker";
}

const networks: Record<string, Network> = {
  "Flannel over VXLAN": { network: "{ plugin: flannel }", enforcesPolicies: false },
  "Flannel by host-gw": { network: "{ plugin: flannel, backend: host-gw }", enforcesPolicies: false },
  "Calico without Typha": { network: "{ plugin: calico, typha: false }", enforcesPolicies: true },
  "Calico, dual-stack": {
    network: "{ plugin: calico, ipFamilies: [IPv4, IPv6] }",
    enforcesPolicies: true,
    families: 2,
  },
  "Flannel over VXLAN, dual-stack": {
    network: "{ plugin: flannel, ipFamilies: [IPv4, IPv6] }",
    enforcesPolicies: false,
    families: 2,
  },
  "Flannel by host-gw, dual-stack, with CRI-O": {
    network: "{ plugin: flannel, backend: host-gw, ipFamilies: [IPv4, IPv6] }",
    enforcesPolicies: false,
    families: 2,
    runtime: "cri-o",
  },
  "Calico, dual-stack, with Docker": {
    network: "{ plugin: calico, ipFamilies: [IPv4, IPv6] }",
    enforcesPolicies: true,
    families: 2,
    runtime: "docker",
  },
};

async function started(network: string, runtime = "containerd"): Promise<TestLab> {
  lab = await testLab(
    "e2e-networks",
    `machines:
  - { name: cp, role: control-plane }
  - { name: w1, role: worker }
cluster: { runtime: ${runtime}, network: ${network} }
`,
  );
  await lab.labwright(["down"]);
  const { code, output } = await lab.labwright(["up"]);
  assert.equal(code, 0, output);
  return lab;
}

for (const [title, { network, enforcesPolicies, families, runtime }] of Object.entries(networks))
  test(`${title}: pods, Services, DNS and policies, and a second up changes nothing`, async (t) => {
    const one = await started(network, runtime);
    const { lines, failures } = await networkMatrix(one, ["cp", "w1"], enforcesPolicies, families);
    for (const line of lines) t.diagnostic(line);
    assert.deepEqual(failures, []);
    if (!enforcesPolicies) {
      const { code, output } = await one.labwright(["exercise", "start", "network-policy"]);
      assert.equal(code, 2, output);
      assert.match(output, /needs network-policies, and the pod network .*, flannel, ignores them/);
    }
    const again = await one.labwright(["plan"]);
    assert.equal(again.code, 0, again.output);
    assert.equal((await one.labwright(["down"])).code, 0);
    assert.deepEqual(await one.leftovers(), []);
  });

test("the families of a running lab cannot change, and nothing is touched", async () => {
  const one = await started("{ plugin: flannel }");
  await writeFile(
    one.file,
    `name: e2e-networks
machines:
  - { name: cp, role: control-plane }
  - { name: w1, role: worker }
cluster: { network: { plugin: flannel, ipFamilies: [IPv4, IPv6] } }
`,
  );
  const { code, output } = await one.labwright(["up"]);
  assert.equal(code, 1, output);
  assert.match(output, /cluster.network.ipFamilies is IPv4, IPv6, and the cluster was made with IPv4/);
  await writeFile(one.file, (await readFile(one.file, "utf8")).replace(", ipFamilies: [IPv4, IPv6]", ""));
  const plan = await one.labwright(["plan"]);
  assert.equal(plan.code, 0, plan.output);
});

/** The CNI project's bridge on each node, and a route to each other node: what `kubectl apply` of a network would bring. */
const bridge = (podCidr: string) =>
  JSON.stringify({
    cniVersion: "1.0.0",
    name: "own",
    plugins: [
      {
        type: "bridge",
        bridge: "own0",
        isGateway: true,
        // A pod that asks a Service may be led to itself.
        hairpinMode: true,
        ipam: { type: "host-local", ranges: [[{ subnet: podCidr }]], routes: [{ dst: "0.0.0.0/0" }] },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  });

test("none: a network that is installed by hand makes the nodes Ready, and nginx answers", async (t) => {
  const one = await started("{ plugin: none }");
  const format =
    'jsonpath={range .items[*]}{.metadata.name} {.spec.podCIDR} {.status.addresses[0].address}{"\\n"}{end}';
  const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
  const listed = await one.inside("cp", `${kubectl} get nodes -o '${format}'`);
  const nodes = listed
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  for (const [name = "", podCidr = ""] of nodes) {
    const routes = nodes
      .filter(([other]) => other !== name)
      .map(([, subnet, via]) => `ip route replace ${subnet} via ${via}`);
    await one.inside(
      name,
      `set -e; mkdir -p /etc/cni/net.d; echo '${bridge(podCidr)}' >/etc/cni/net.d/10-own.conflist
iptables -P FORWARD ACCEPT; ${routes.join("; ")}`,
    );
  }
  await appendFile(one.file, "playbooks: [cluster, nginx-nodeport]\n");
  const ready = await one.labwright(["up"]);
  assert.equal(ready.code, 0, ready.output);
  const { lines, failures } = await networkMatrix(one, ["cp", "w1"], false);
  for (const line of lines) t.diagnostic(line);
  assert.deepEqual(failures, []);
});

test("Calico, Flannel and Calico again in one cluster: pods get new addresses, and nothing of the former network stays", async (t) => {
  const fileWith = (plugin: string) => `name: e2e-networks
machines:
  - { name: cp, role: control-plane }
  - { name: w1, role: worker }
cluster: { network: { plugin: ${plugin} } }
`;
  const one = await started("{ plugin: calico }");
  const kubectl = (words: string) =>
    one.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`);
  await kubectl(
    'run bare --image=docker.io/library/nginx:latest --image-pull-policy=IfNotPresent --overrides=\'{"spec":{"nodeName":"w1"}}\'',
  );
  await kubectl("wait pod/bare --for=condition=Ready --timeout=60s");
  const identity = await kubectl("get pod bare -o jsonpath={.metadata.uid}");
  const former = { flannel: "cali|vxlan[.]calico", calico: "flannel|FLANNEL-|cni-flannel" };
  for (const [plugin, leftovers] of Object.entries(former)) {
    await writeFile(one.file, fileWith(plugin));
    const plan = await one.labwright(["plan"]);
    assert.equal(plan.code, 3, plan.output);
    assert.match(plan.output, /is installed, and the lab file names the plugin/);
    const killed = await one.labwright(["up"], { killWhen: /removing it from w1/, killAfter: 2000 });
    assert.equal(killed.code, null, killed.output);
    const up = await one.labwright(["up"]);
    assert.equal(up.code, 0, up.output);
    t.diagnostic(`${plugin}: ${Math.round(up.seconds)} s after the kill`);
    const { failures } = await networkMatrix(one, ["cp", "w1"], plugin === "calico");
    assert.deepEqual(failures, []);
    await kubectl("wait pod/bare --for=condition=Ready --timeout=60s");
    assert.equal(await kubectl("get pod bare -o jsonpath={.metadata.uid}"), identity);
    for (const node of ["cp", "w1"]) {
      const found = await one.inside(
        node,
        `{ ip link; ip route; iptables-save; ls /etc/cni/net.d; } 2>/dev/null | grep -E '${leftovers}' || true`,
      );
      assert.equal(found, "", node);
    }
    const again = await one.labwright(["plan"]);
    assert.equal(again.code, 0, again.output);
  }
});
