import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudSchema } from "../../src/lab/cloud.ts";
import { readAllYaml } from "../../src/lab/yaml.ts";
import { adapted } from "../../src/steps/shared/hetzner-controller.ts";
import { kubeletArguments } from "../../src/steps/shared/kubeadm.ts";
import { bound, said, sceneOn } from "./scene.ts";

/** The parts of a release's manifest that are changed, in the release's shape. */
const manifest = `
kind: ServiceAccount
metadata: { name: hcloud-cloud-controller-manager }
---
kind: Deployment
metadata: { name: hcloud-cloud-controller-manager }
spec:
  template:
    spec:
      containers:
        - name: hcloud-cloud-controller-manager
          args: ["--cloud-provider=hcloud", "--cluster-cidr=10.244.0.0/16"]
          env:
            - { name: HCLOUD_TOKEN, valueFrom: { secretKeyRef: { key: token, name: hcloud } } }
`;

const controlled = {
  ...sceneOn("cp"),
  lab: {
    ...sceneOn("cp").lab,
    provider: "pulumi" as const,
    cloud: cloudSchema.parse({ controller: true, region: "fsn1" }),
  },
};
const settings = { network: "labwright-basics", location: "fsn1", podSubnet: "10.244.0.0/16" };

test("the release's manifest gets the lab's pods and place, and leaves pods' routes to Calico", () => {
  const [, deployment] = readAllYaml(adapted(manifest, { ...settings, podSubnet: "10.50.0.0/16" })) as [
    unknown,
    { spec: { template: { spec: { containers: [{ args: string[]; env: { name: string }[] }] } } } },
  ];
  const [container] = deployment.spec.template.spec.containers;
  assert.deepEqual(container.args, ["--cloud-provider=hcloud", "--cluster-cidr=10.50.0.0/16"]);
  assert.deepEqual(container.env, [
    { name: "HCLOUD_TOKEN", valueFrom: { secretKeyRef: { key: "token", name: "hcloud" } } },
    { name: "HCLOUD_NETWORK_ROUTES_ENABLED", value: "false" },
    { name: "HCLOUD_LOAD_BALANCERS_LOCATION", value: "fsn1" },
    { name: "HCLOUD_LOAD_BALANCERS_USE_PRIVATE_IP", value: "true" },
  ]);
});

test("a kubelet leaves its node to the cloud's controller only where there will be one, and says which server it is", () => {
  const nodeIp = { name: "node-ip", value: "10.89.0.10" };
  assert.deepEqual(JSON.parse(kubeletArguments(sceneOn("cp"), { instance: said("4711\n") })), [nodeIp]);
  assert.deepEqual(JSON.parse(kubeletArguments(controlled, { instance: said("4711\n") })), [
    nodeIp,
    { name: "cloud-provider", value: "external" },
    { name: "provider-id", value: "hcloud://4711" },
  ]);
  assert.throws(() => kubeletArguments(controlled, { instance: said("", 1) }), {
    code: "server-number-unknown",
  });
});

test("the controller is missing until its objects and its Secret are there with the lab's settings", async () => {
  const step = await bound("cloud-controller");
  const heading = `# Written by labwright: hcloud-cloud-controller-manager 1.35.0 ${JSON.stringify(settings)}`;
  const there = {
    heading: said(`${heading}\n`),
    wanted: said("2\n"),
    present: said("serviceaccount/x\ndeployment.apps/x\n"),
    secret: said("secret/hcloud\n"),
    external: said("1\n"),
  };
  assert.deepEqual(step.check(there, controlled), []);
  const differences = (facts: object) => step.check({ ...there, ...facts }, controlled).join();
  assert.match(differences({ heading: said("", 1) }), /has not been applied with the lab's settings/);
  assert.match(differences({ heading: said(heading.replace("fsn1", "nbg1")) }), /has not been applied/);
  assert.match(differences({ present: said("serviceaccount/x\n") }), /^1 of .* objects are missing$/);
  assert.match(differences({ secret: said("") }), /the Secret hcloud with the cloud's token is missing/);
});
