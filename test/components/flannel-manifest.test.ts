import assert from "node:assert/strict";
import { test } from "node:test";
import { adapted } from "../../src/components/network/flannel/manifest.ts";
import { readAllYaml } from "../../src/lab/yaml.ts";

/** Objects of the structure that Flannel's release 0.28.4 publishes as Documentation/kube-flannel.yml, cut short. */
const release = `kind: Namespace
apiVersion: v1
metadata: { name: kube-flannel }
---
kind: ConfigMap
apiVersion: v1
metadata: { name: kube-flannel-cfg, namespace: kube-flannel }
data:
  cni-conf.json: '{ "name": "cbr0", "plugins": [{ "type": "flannel", "delegate": { "hairpinMode": true } }, { "type": "portmap" }] }'
  net-conf.json: '{ "Network": "10.244.0.0/16", "EnableNFTables": false, "Backend": { "Type": "vxlan" } }'
---
kind: DaemonSet
apiVersion: apps/v1
metadata: { name: kube-flannel-ds, namespace: kube-flannel, labels: { k8s-app: flannel } }
spec:
  selector: { matchLabels: { app: flannel } }
  template:
    metadata: { labels: { tier: node, app: flannel } }
    spec:
      initContainers: [{ name: install-cni, command: [cp] }]
      containers:
        - { name: kube-flannel, args: [--ip-masq], env: [{ name: EVENT_QUEUE_DEPTH, value: "5000" }] }
`;

const settings = { podSubnet: "10.50.0.0/16", own: { backend: "host-gw" }, apiServer: "10.89.0.10" };
const [namespace, config, daemonSet, ...others] = readAllYaml(adapted(release, settings));

test("the pod network and the backend are the lab's, and the bridge has a name that only Flannel's has", () => {
  const { data } = config as { data: Record<string, string> };
  assert.deepEqual(JSON.parse(data["net-conf.json"] ?? ""), {
    Network: "10.50.0.0/16",
    EnableNFTables: false,
    Backend: { Type: "host-gw" },
  });
  assert.deepEqual(JSON.parse(data["cni-conf.json"] ?? ""), {
    name: "cbr0",
    plugins: [
      { type: "flannel", delegate: { hairpinMode: true, bridge: "cni-flannel" } },
      { type: "portmap" },
    ],
  });
});

test("a dual-stack cluster has an IPv6 network too", () => {
  const [, both] = readAllYaml(adapted(release, { ...settings, podSubnet6: "fd00:10:244::/56" }));
  const { data } = both as { data: Record<string, string> };
  assert.partialDeepStrictEqual(JSON.parse(data["net-conf.json"] ?? ""), {
    Network: "10.50.0.0/16",
    EnableIPv6: true,
    IPv6Network: "fd00:10:244::/56",
  });
});

test("its pods carry the label that the DaemonSet has, and ask the API server at its own address", () => {
  const { spec } = daemonSet as { spec: { selector: object; template: object } };
  assert.deepEqual(spec.selector, { matchLabels: { app: "flannel" } });
  assert.deepEqual(spec.template, {
    metadata: { labels: { tier: "node", app: "flannel", "k8s-app": "flannel" } },
    spec: {
      initContainers: [{ name: "install-cni", command: ["cp"] }],
      containers: [
        {
          name: "kube-flannel",
          args: ["--ip-masq", "--iface=$(HOST_ADDRESS)"],
          env: [
            { name: "EVENT_QUEUE_DEPTH", value: "5000" },
            { name: "HOST_ADDRESS", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
            { name: "KUBERNETES_SERVICE_HOST", value: "10.89.0.10" },
            { name: "KUBERNETES_SERVICE_PORT", value: "6443" },
          ],
        },
      ],
    },
  });
});

test("every other object stays as the release has it", () => {
  assert.deepEqual(
    [namespace, others],
    [{ kind: "Namespace", apiVersion: "v1", metadata: { name: "kube-flannel" } }, []],
  );
});
