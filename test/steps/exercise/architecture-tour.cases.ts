import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const file = "/root/tour/answers.yaml";
const components = { file, part: "components", namespace: "tour" };

const pods = said(
  "etcd Node cp\nkube-apiserver Node cp\nkube-controller-manager Node cp\nkube-scheduler Node cp\n" +
    "kube-dns ReplicaSet cp\nkube-proxy DaemonSet w1\nkube-proxy DaemonSet cp\ncalico-node DaemonSet cp\ncalico-node DaemonSet w1\n",
);
const sheet = `components:
  etcd: { machines: [cp], keptBy: static-pod }
  kube-apiserver: { machines: [cp], keptBy: static-pod }
  kube-scheduler: { machines: [cp], keptBy: static-pod }
  kube-controller-manager: { machines: [cp], keptBy: static-pod }
  kubelet: { machines: [w1, cp], keptBy: systemd }
  container-runtime: { machines: [cp, w1], keptBy: systemd }
  kube-proxy: { machines: [cp, w1], keptBy: daemon-set }
  cni: { machines: [cp, w1], keptBy: daemon-set }
`;

const event = (kind: string, name: string, reportingComponent: string, reason: string) => ({
  involvedObject: { kind, name },
  reportingComponent,
  reason,
});
const traced = {
  sheet: said(`trace:
  replicaSet: traveller-5d
  reporters: [deployment-controller, replicaset-controller, default-scheduler, kubelet]
  machine: w1
  etcdKey: /registry/pods/tour/traveller-5d-x
  sandbox: 5a5a5a5a5a
  address: 10.244.1.7
  interface: cali123
  container: containerd://c0ffee012345
`),
  pods: json({
    items: [
      {
        metadata: { name: "traveller-5d-x", ownerReferences: [{ kind: "ReplicaSet", name: "traveller-5d" }] },
        spec: { nodeName: "w1" },
        status: {
          phase: "Running",
          podIP: "10.244.1.7",
          containerStatuses: [{ containerID: "containerd://c0ffee0123456789" }],
        },
      },
    ],
  }),
  events: json({
    items: [
      event("Pod", "traveller-5d-x", "kubelet", "Started"),
      event("Pod", "traveller-5d-x", "default-scheduler", "Scheduled"),
      event("Deployment", "traveller", "deployment-controller", "ScalingReplicaSet"),
      event("ReplicaSet", "traveller-5d", "replicaset-controller", "SuccessfulCreate"),
    ],
  }),
  keys: said("/registry/pods/tour/traveller-5d-x\n\n"),
  "sandboxes cp": json({ items: [] }),
  "sandboxes w1": json({ items: [{ id: "5a5a5a5a5a5a5a5a", metadata: { name: "traveller-5d-x" } }] }),
  "sandboxes spare": nothing,
  "routes cp": json([{ dst: "10.244.1.0/26", gateway: "10.89.0.11", dev: "eth0" }]),
  "routes w1": json([{ dst: "10.244.1.7", dev: "cali123", scope: "link" }]),
  "routes spare": json([]),
};
const trace = { ...components, part: "trace" };

export const cases: StepCases = {
  params: components,
  fresh: { differences: [`${file} is missing`] },
  right: {
    sheet: said(sheet),
    pods,
    nodes: said("cp\nw1\n"),
    units: said("kubelet\ncontainer-runtime\n"),
  },
  alsoRight: { "the way of a pod": { params: trace, facts: traced } },
  wrong: {
    "a machine is missing": {
      facts: { sheet: said(sheet.replace("[w1, cp]", "[cp]")) },
      differences: [
        'components.kubelet.machines: "cp" is wrong; the question: on which of the cluster\'s machines it runs',
      ],
    },
    "a cluster that cannot be asked": {
      facts: { pods: nothing },
      differences: ["the API server does not answer"],
    },
    "nodes that cannot be asked": {
      facts: { nodes: nothing },
      differences: ["the API server does not answer"],
    },
    "no pod runs": {
      params: trace,
      facts: { ...traced, pods: json({ items: [] }) },
      differences: ["no pod runs in tour"],
    },
  },
  apply: {
    "a sheet without answers": { on: "a right machine", facts: { sheet: said("components:\n  etcd: {}\n") } },
    "the way of a pod": {
      params: trace,
      on: "a right machine",
      facts: { ...traced, sheet: said("trace: {}\n") },
    },
    "a cluster that cannot be asked": { on: "a right machine", facts: { pods: nothing } },
  },
};
