import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { readYaml } from "../../../src/lab/yaml.ts";
import { packageFolder } from "../../../src/paths.ts";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, json, nothing, said, stepOf } from "../../support/steps.ts";
import { cases } from "./architecture-tour.cases.ts";

testCases(import.meta.filename, cases);

const context = checkContextOf("cp");
const params = { file: "/root/tour/answers.yaml", namespace: "tour" };

const components = {
  pods: said(
    "etcd Node cp\nkube-apiserver Node cp\nkube-controller-manager Node cp\nkube-scheduler Node cp\n" +
      "kube-dns ReplicaSet cp\nkube-proxy DaemonSet w1\nkube-proxy DaemonSet cp\ncalico-node DaemonSet cp\ncalico-node DaemonSet w1\n",
  ),
  nodes: said("cp\nw1\n"),
  units: said("kubelet\ncontainer-runtime\n"),
};

const right = `
components:
  etcd: { machines: [cp], keptBy: static-pod }
  kube-apiserver: { machines: cp, keptBy: static-pod }
  kube-scheduler: { machines: [cp], keptBy: Static-Pod }
  kube-controller-manager: { machines: [cp], keptBy: static-pod }
  kubelet: { machines: [w1, cp], keptBy: systemd }
  container-runtime: { machines: "cp, w1", keptBy: systemd }
  kube-proxy: { machines: [cp, w1], keptBy: daemon-set }
  cni: { machines: [cp, w1], keptBy: daemon-set }
`;

test("architecture-tour: components in any order are right; each wrong one is told with what was asked", async () => {
  const step = await stepOf("architecture-tour", { ...params, part: "components" });
  const answer = (sheet: string) => step.check({ ...components, sheet: said(sheet) }, context);
  assert.deepEqual(answer(right), []);
  assert.deepEqual(answer(right.replace("[w1, cp]", "[cp]")), [
    'components.kubelet.machines: "cp" is wrong; the question: on which of the cluster\'s machines it runs',
  ]);
  assert.match(answer(right.replace("systemd }", "static-pod }")).join(), /kubelet.keptBy: "static-pod"/);
  assert.equal(answer("").length, 16, "an empty sheet has every question unanswered");
  assert.match(answer("components: [").join(), /the answer sheet/);
  assert.match(answer("components: 7").join(), /etcd.machines is not answered/);
});

test("architecture-tour: a wrong answer never tells the right one", async () => {
  const step = await stepOf("architecture-tour", { ...params, part: "components" });
  const told = step.check({ ...components, sheet: said(right.replaceAll(/cp|w1/g, "elsewhere")) }, context);
  assert.equal(told.length, 8);
  assert.doesNotMatch(told.join(), /\b(cp|w1)\b/);
});

test("architecture-tour: a cluster that cannot be asked is told as that", async () => {
  const step = await stepOf("architecture-tour", { ...params, part: "components" });
  assert.deepEqual(step.check({ ...components, pods: nothing, sheet: said(right) }, context), [
    "the API server does not answer",
  ]);
  assert.deepEqual(step.check({ ...components, sheet: nothing }, context), [`${params.file} is missing`]);
});

const pod = {
  metadata: { name: "traveller-5d-x", ownerReferences: [{ kind: "ReplicaSet", name: "traveller-5d" }] },
  spec: { nodeName: "w1" },
  status: {
    phase: "Running",
    podIP: "10.244.1.7",
    containerStatuses: [{ containerID: "containerd://c0ffee0123456789" }],
  },
};
const event = (kind: string, name: string, reportingComponent: string, reason: string) => ({
  involvedObject: { kind, name },
  reportingComponent,
  reason,
});
const trace = {
  pods: json({ items: [pod] }),
  events: json({
    items: [
      event("Pod", "traveller-5d-x", "kubelet", "Started"),
      event("Pod", "traveller-5d-x", "default-scheduler", "Scheduled"),
      event("Deployment", "traveller", "deployment-controller", "ScalingReplicaSet"),
      event("ReplicaSet", "traveller-5d", "replicaset-controller", "SuccessfulCreate"),
    ],
  }),
  keys: said("/registry/pods/tour/traveller-5d-x\n\n"),
  "sandboxes w1": json({ items: [{ id: "5a5a5a5a5a5a5a5a", metadata: { name: "traveller-5d-x" } }] }),
  "routes w1": json([{ dst: "10.244.1.7", dev: "cali123" }]),
};
const traced = `
trace:
  replicaSet: traveller-5d
  reporters: [deployment-controller, replicaset-controller, default-scheduler, kubelet]
  machine: w1
  etcdKey: /registry/pods/tour/traveller-5d-x
  sandbox: 5a5a5a5a5a
  address: 10.244.1.7
  interface: cali123
  container: containerd://c0ffee012345
`;

test("architecture-tour: the trace is compared with the pod that runs, IDs by their first digits", async () => {
  const step = await stepOf("architecture-tour", { ...params, part: "trace" });
  const answer = (sheet: string) => step.check({ ...trace, sheet: said(sheet) }, context);
  assert.deepEqual(answer(traced), []);
  assert.match(answer(traced.replace("5a5a5a5a5a", "5a5a")).join(), /trace.sandbox: "5a5a" is wrong/);
  assert.match(answer(traced.replace("5a5a5a5a5a", "c0ffee0123456789")).join(), /trace.sandbox/);
  assert.match(
    answer(traced.replace("default-scheduler, kubelet", "kubelet, default-scheduler")).join(),
    /in the order in which they came into play/,
  );
});

test("architecture-tour: after an hour, when the events are gone, the order of the reporters is still graded", async () => {
  const step = await stepOf("architecture-tour", { ...params, part: "trace" });
  const late = { ...trace, events: json({ items: [] }) };
  assert.deepEqual(step.check({ ...late, sheet: said(traced) }, context), []);
  assert.match(
    step.check({ ...late, sheet: said(traced.replace("deployment-controller, ", "")) }, context).join(),
    /trace.reporters/,
  );
});

test("architecture-tour: without a pod that runs nothing can be right", async () => {
  const step = await stepOf("architecture-tour", { ...params, part: "trace" });
  assert.deepEqual(step.check({ ...trace, pods: json({ items: [] }), sheet: said(traced) }, context), [
    "no pod runs in tour",
  ]);
});

test("architecture-tour: the exercise's wrong attempts expect what grading says of them", async () => {
  const file = join(packageFolder, "playbooks/exercises/architecture-tour/exercise.yaml");
  const { wrong } = z
    .object({ wrong: z.array(z.object({ run: z.string(), expect: z.string() })) })
    .parse(readYaml(await readFile(file, "utf8"), file).value);
  const answer = async (part: string, facts: Parameters<Awaited<ReturnType<typeof stepOf>>["check"]>[0]) =>
    (await stepOf("architecture-tour", { ...params, part })).check(facts, context);
  const sheet = right
    .replace("kube-scheduler: { machines: [cp]", "kube-scheduler: { machines: [cp, w1, w2]")
    .replace("[w1, cp], keptBy: systemd", "[], keptBy: daemon-set");
  const words = [
    ...(await answer("components", { ...components, sheet: said(sheet) })),
    ...(await answer("trace", { ...trace, sheet: said(traced.replace("5a5a5a5a5a", "c0ffee0123456789")) })),
    ...(await answer("trace", { ...trace, sheet: said("trace: [") })),
  ].join("\n");
  assert.equal(wrong.length, 4);
  for (const { expect } of wrong) assert.ok(words.includes(expect), `${expect} is not in:\n${words}`);
});
