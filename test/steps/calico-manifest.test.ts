import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { readAllYaml } from "../../src/lab/yaml.ts";
import { adapted } from "../../src/steps/shared/calico-manifest.ts";

/** The parts of a release's manifest that are changed, in the release's shape. */
const manifest = `
kind: ConfigMap
apiVersion: v1
metadata: { name: calico-config, namespace: kube-system }
data: { typha_service_name: calico-typha, calico_backend: bird, veth_mtu: "0" }
---
kind: DaemonSet
apiVersion: apps/v1
metadata: { name: calico-node }
spec:
  template:
    spec:
      initContainers:
        - { name: upgrade-ipam, command: [/opt/cni/bin/calico-ipam, -upgrade] }
        - name: install-cni
          env:
            - { name: CNI_CONF_NAME, value: 10-calico.conflist }
            - { name: SLEEP, value: "false" }
      containers:
        - name: calico-node
          env:
            - { name: CALICO_IPV4POOL_IPIP, value: Always }
            - { name: IP, value: autodetect }
          readinessProbe: { exec: { command: [/bin/calico-node, -felix-ready, -bird-ready] }, periodSeconds: 10, timeoutSeconds: 10 }
---
kind: Deployment
apiVersion: apps/v1
metadata: { name: calico-typha }
spec: { template: { spec: { containers: [{ name: calico-typha, readinessProbe: { periodSeconds: 10 } }] } } }
`;

const settings = { podSubnet: "10.50.0.0/16", typha: true, apiServer: "10.89.0.10" };

interface Container {
  name: string;
  env: { name: string; value: string }[];
  readinessProbe: object;
  startupProbe: object;
  lifecycle: { postStart: { exec: { command: [string, string, string] } } };
}

/** What these tests read of the manifest's objects. */
interface Found {
  metadata: { name: string };
  data: Record<string, string>;
  spec: { template: { spec: { initContainers: [Container, ...Container[]]; containers: [Container] } } };
}

const objects = (text: string) => readAllYaml(text) as [Found, Found, Found, Found];

test("the release's manifest becomes VXLAN without BGP, with the API server's own address", () => {
  const [endpoint, config, node] = objects(adapted(manifest, settings));
  assert.deepEqual(endpoint.data, { KUBERNETES_SERVICE_HOST: "10.89.0.10", KUBERNETES_SERVICE_PORT: "6443" });
  assert.deepEqual(config.data, {
    typha_service_name: "calico-typha",
    calico_backend: "vxlan",
    veth_mtu: "0",
  });
  const [container] = node.spec.template.spec.containers;
  const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
  assert.equal(env.CALICO_IPV4POOL_IPIP, "Never");
  assert.equal(env.CALICO_IPV4POOL_VXLAN, "Always");
  assert.equal(env.CALICO_IPV4POOL_CIDR, "10.50.0.0/16");
  assert.equal(env.IP, "autodetect");
  const httpGet = { host: "localhost", path: "/readiness", port: 9099 };
  assert.deepEqual(container.readinessProbe, { periodSeconds: 10, timeoutSeconds: 10, httpGet });
});

test("each container that has a readiness probe is asked the same each second while it starts", () => {
  const [, , node, typha] = objects(adapted(manifest, settings));
  for (const [{ startupProbe, readinessProbe }] of [node, typha].map(
    ({ spec }) => spec.template.spec.containers,
  )) {
    const quick = { periodSeconds: 1, initialDelaySeconds: 0, failureThreshold: 600 };
    assert.deepEqual(startupProbe, { ...readinessProbe, ...quick });
  }
});

test("a node becomes ready for pods only when Felix runs: the CNI configuration waits for it", async (t) => {
  const [, , node] = objects(adapted(manifest, settings));
  const [installer] = node.spec.template.spec.initContainers;
  assert.deepEqual(installer.env, [
    { name: "SLEEP", value: "false" },
    { name: "CNI_CONF_NAME", value: "calico-waiting" },
  ]);
  const folder = await mkdtemp(join(tmpdir(), "labwright-calico-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "calico-waiting"), "{}");
  const shownAtEachAnswer: string[][] = [];
  const felix = createServer(async ({ url }, response) => {
    shownAtEachAnswer.push(await readdir(folder));
    response.writeHead(url === "/readiness" && shownAtEachAnswer.length > 2 ? 200 : 503).end();
  }).listen(0, "localhost");
  t.after(() => felix.close());
  await new Promise((resolve) => felix.once("listening", resolve));

  const [shell, flag, script] = node.spec.template.spec.containers[0].lifecycle.postStart.exec.command;
  const here = script
    .replaceAll("/host/etc/cni/net.d", folder)
    .replaceAll("9099", String((felix.address() as AddressInfo).port));
  await execa(shell, [flag, here]);
  assert.deepEqual(shownAtEachAnswer, [["calico-waiting"], ["calico-waiting"], ["calico-waiting"]]);
  assert.deepEqual(await readdir(folder), ["10-calico.conflist"]);
});

test("nothing is moved over from an IPAM that no lab has had", () => {
  const [, , node] = objects(adapted(manifest, settings));
  assert.deepEqual(
    node.spec.template.spec.initContainers.map(({ name }) => name),
    ["install-cni"],
  );
});

test("without Typha its objects go, and nothing looks for it", () => {
  const [, config, ...others] = objects(adapted(manifest, { ...settings, typha: false }));
  assert.equal(config.data.typha_service_name, "none");
  assert.deepEqual(
    others.map((object) => object.metadata.name),
    ["calico-node"],
  );
});
