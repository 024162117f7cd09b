import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArtifactStore } from "../../src/artifacts/lazy.ts";
import { adapted } from "../../src/components/cloud/hetzner/controller.ts";
import type { ApplyContext, CheckContext } from "../../src/engine/step.ts";
import type { Command } from "../../src/hosts/sh.ts";
import type { Host } from "../../src/hosts/types.ts";
import { cloudSchema, controllerPlaybook } from "../../src/lab/cloud.ts";
import { readAllYaml } from "../../src/lab/yaml.ts";
import { template } from "../../src/template.ts";
import { checkContextOf, said, stepOf } from "../support/steps.ts";

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
  ...checkContextOf("cp"),
  lab: {
    ...checkContextOf("cp").lab,
    cloud: cloudSchema.parse({ controller: true, region: "fsn1" }),
    playbooks: ["cluster", controllerPlaybook],
  },
};
const settings = { network: "labwright-basics", location: "fsn1", podSubnet: "10.244.0.0/16" };

test("the release's manifest gets the lab's pods and place, and leaves pods' routes to Calico", () => {
  const [, deployment] = readAllYaml(
    adapted(manifest, { ...settings, podSubnet: "10.50.0.0/16" }, "token"),
  ) as [
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

const external = "--cloud-provider=external --provider-id=hcloud://4711";

test("a kubelet leaves its node to the cloud's controller only where there will be one, and says which server it is", async () => {
  const step = await stepOf("kubelet");
  const unit = (text: string) => ({ unit: said(text), instance: said("4711\n") });
  const facts = {
    joined: said("", 1),
    kubelet: said(""),
    kubeadm: said(""),
    enabled: said(""),
    resolv: said(""),
    dns: said(""),
  };
  const plain = template("kubelet/kubelet.service", { runtimeUnit: "containerd", cloudArguments: "" });
  const cloudy = template("kubelet/kubelet.service", {
    runtimeUnit: "containerd",
    cloudArguments: ` ${external}`,
  });
  const differs = (text: string, context: CheckContext) =>
    step
      .check({ ...facts, ...unit(text) }, context)
      .some((words) => words.includes("kubelet.service differs"));
  assert.deepEqual(
    [differs(plain, checkContextOf("cp")), differs(cloudy, checkContextOf("cp"))],
    [false, true],
  );
  assert.deepEqual([differs(plain, controlled), differs(cloudy, controlled)], [true, false]);
  const unknown = { ...facts, ...unit(plain), instance: said("", 1), joined: said("", 1) };
  await assert.rejects(async () => step.apply?.({} as Host, controlled as unknown as ApplyContext, unknown), {
    code: "server-number-unknown",
  });
});

test("what is a node already is neither given to the controller nor taken from it", async () => {
  const { apply } = await stepOf("kubelet");
  const untouched = {} as Host;
  const facts = (text: string) => ({ unit: said(text), joined: said(""), instance: said("4711") });
  const context = (context: CheckContext) => context as ApplyContext;
  await assert.rejects(
    async () => apply?.(untouched, context(controlled), facts("# Written by labwright.\nExecStart=kubelet")),
    {
      code: "controller-too-late",
      remedy: /take controller out/,
    },
  );
  await assert.rejects(
    async () =>
      apply?.(
        untouched,
        context(checkContextOf("cp")),
        facts(`# Written by labwright.\nExecStart=kubelet ${external}`),
      ),
    {
      code: "controller-too-late",
      remedy: /write controller: true/,
    },
  );
});

test("the token goes to the cluster as a secret, and another token makes another template", async () => {
  const artifacts = { manifest: async () => ({ id: "x", text: manifest }) } as unknown as ArtifactStore;
  const { apply } = await stepOf("cloud-controller", {}, artifacts);
  const sent: Command[] = [];
  const written: string[] = [];
  const host = {
    run: async (command: Command) => void sent.push(command),
    write: async ({ content }: { content: string }) => void written.push(content),
  } as unknown as Host;
  const { HCLOUD_TOKEN: before } = process.env;
  for (const token of ["one-token", "another-token"]) {
    process.env.HCLOUD_TOKEN = token;
    await apply?.(host, controlled as ApplyContext, {});
    assert.ok(sent.some((command) => command.reveal().includes(token)));
  }
  if (before === undefined) delete process.env.HCLOUD_TOKEN;
  else process.env.HCLOUD_TOKEN = before;
  assert.doesNotMatch([...sent.map(String), ...written].join("\n"), /(one|another)-token/);
  assert.notEqual(written[0], written[1]);
  assert.equal(written[0]?.split("\n")[0], written[1]?.split("\n")[0], "the check knows no token");
});

test("the controller is missing until its objects and its Secret are there with the lab's settings", async () => {
  const step = await stepOf("cloud-controller");
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
