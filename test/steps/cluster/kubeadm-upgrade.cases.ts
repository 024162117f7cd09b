import type { CheckContext, Facts } from "../../../src/engine/step.ts";
import { cordonMark } from "../../../src/kubernetes/drain.ts";
import { kubernetesImages } from "../../../src/kubernetes/images.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said, withLab } from "../../support/steps.ts";

export const version =
  (wanted: string) =>
  (context: CheckContext): CheckContext =>
    withLab({ cluster: { ...context.lab.cluster, version: wanted } })(context);

interface Present {
  /** Of the programs on the machine and of its static pods. */
  release: string;
  /** Of the kubelets that run. */
  cp?: string;
  w1?: string;
  /** What is different about a node. */
  nodes?: Record<string, object>;
  ready?: string;
}

const etcdOf = (release: string): string =>
  ({ "1.35": "3.6.6-0", "1.36": "3.6.8-0", "1.37": "3.7.0-0" })[release.slice(0, 4)] ?? "";
const corednsOf = (release: string): string =>
  ({ "1.35": "v1.13.1", "1.36": "v1.14.2", "1.37": "v1.14.6" })[release.slice(0, 4)] ?? "";

function nodes({ release, cp = release, w1 = release, nodes = {}, ready = "True" }: Present) {
  const taints = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }];
  const node = (name: string, kubelet: string, spec: object) => ({
    metadata: { name },
    spec,
    status: {
      nodeInfo: { kubeletVersion: `v${kubelet}` },
      conditions: [{ type: "Ready", status: ready }],
    },
    ...nodes[name],
  });
  return json({ items: [node("cp", cp, { taints }), node("w1", w1, {})] });
}

const image = (name: string, tag: string) => ({
  kind: "DaemonSet",
  metadata: { name },
  spec: { template: { spec: { containers: [{ image: `registry.k8s.io/${name}:${tag}` }] } } },
});

/** What machines with that release say. */
export const facts = (present: Present): Facts => ({
  joined: said(""),
  kubeadm: said("v1.36.3\n"),
  kubelet: said(`Kubernetes v${present.release}\n`),
  kubectl: said(`Client Version: v${present.release}\nKustomize Version: v5.8.0\n`),
  images: said(["# Kubernetes 1.36.3", ...kubernetesImages.names("1.36"), ""].join("\n")),
  "static pods": said(
    [
      `image: registry.k8s.io/etcd:${etcdOf(present.release)}`,
      ...["apiserver", "controller-manager", "scheduler"].map(
        (name) => `image: registry.k8s.io/kube-${name}:v${present.release}`,
      ),
      "",
    ].join("\n"),
  ),
  nodes: nodes(present),
  cluster: json({
    items: [
      {
        metadata: { name: "kubeadm-config" },
        data: {
          ClusterConfiguration: `kind: ClusterConfiguration\nkubernetesVersion: v${present.release}\n`,
        },
      },
      image("kube-proxy", `v${present.release}`),
      image("coredns", corednsOf(present.release)),
    ],
  }),
  cgroup: said("cgroup2fs\n"),
  container: said("none\n", 1),
});

const platform = [["uname -m", "x86_64\ndebian\nbookworm\n"]] as const;
const onWorker = (context: CheckContext): CheckContext => ({
  ...context,
  machine: context.lab.machines.find(({ name }) => name === "w1") ?? context.machine,
});
const twoWorkers = (context: CheckContext): CheckContext => {
  const [cp, w1] = context.lab.machines;
  if (!cp || !w1) return context;
  return withLab({ machines: [cp, w1, { ...w1, name: "w2" }] })(context);
};
const marked = {
  metadata: { name: "w1", annotations: { [cordonMark]: "true" } },
  spec: { unschedulable: true },
};
const w2 = {
  metadata: { name: "w2" },
  spec: {},
  status: { conditions: [{ type: "Ready", status: "True" }] },
};
const withW2 = (present: Present): Facts => {
  const all = facts(present);
  const items = JSON.parse(all.nodes?.stdout ?? "{}").items;
  // A worker has no static pods.
  return { ...all, "static pods": said("", 2), nodes: json({ items: [...items, w2] }) };
};
const never = {
  kind: "PodDisruptionBudget",
  metadata: { name: "app", namespace: "default" },
  spec: { selector: { matchLabels: { app: "app" } } },
  status: { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 },
};
const pod = {
  kind: "Pod",
  metadata: {
    name: "app-1",
    namespace: "default",
    labels: { app: "app" },
    ownerReferences: [{ kind: "ReplicaSet", controller: true }],
  },
  spec: { nodeName: "w1" },
  status: { phase: "Running" },
};

export const cases: StepCases = {
  fresh: { differences: ["the node does not exist yet"] },
  right: facts({ release: "1.36.3" }),
  alsoRight: {
    "an API server that does not answer says nothing about the node": {
      facts: { nodes: nothing, cluster: nothing },
    },
    "a worker says nothing of the cluster's record and addons": {
      context: onWorker,
      facts: { "static pods": said("", 2), cluster: facts({ release: "1.35.4" }).cluster ?? nothing },
    },
    "addons that a person has deleted": { facts: { cluster: json({ items: [] }) } },
  },
  wrong: {
    "a control plane of the minor release before": {
      facts: facts({ release: "1.35.4" }),
      differences: [
        "kubelet is 1.35.4, not 1.36.3",
        "kubectl is 1.35.4, not 1.36.3",
        "running kubelet is 1.35.4, not 1.36.3",
        "etcd is 3.6.6-0, not 3.6.8-0",
        "kube-apiserver is 1.35.4, not 1.36.3",
        "kube-controller-manager is 1.35.4, not 1.36.3",
        "kube-scheduler is 1.35.4, not 1.36.3",
        "kubeadm-config is 1.35.4, not 1.36.3",
        "kube-proxy is 1.35.4, not 1.36.3",
        "coredns is 1.13.1, not 1.14.2",
      ],
    },
    "another patch release whose programs were replaced, and whose kubelet was not restarted": {
      facts: { nodes: nodes({ release: "1.36.3", cp: "1.36.1" }) },
      differences: ["running kubelet is 1.36.1, not 1.36.3"],
    },
    "a patch release with the images that its kubeadm lists": {
      context: version("1.36.1"),
      facts: {
        ...facts({ release: "1.36.1" }),
        kubeadm: said("v1.36.1\n"),
        images: said(
          "# Kubernetes 1.36.1\nregistry.k8s.io/etcd:3.6.9-0\nregistry.k8s.io/kube-apiserver:v1.36.1\nregistry.k8s.io/coredns/coredns:v1.14.2\n",
        ),
      },
      differences: ["etcd is 3.6.8-0, not 3.6.9-0"],
    },
    "a worker with an older kubeadm": {
      context: onWorker,
      facts: { "static pods": said("", 2), kubeadm: said("v1.35.4\n") },
      differences: ["kubeadm is 1.35.4, not 1.36.3"],
    },
    "a worker on which an upgrade was cut short at its end": {
      context: onWorker,
      facts: { "static pods": said("", 2), nodes: nodes({ release: "1.36.3", nodes: { w1: marked } }) },
      differences: ["the node is still cordoned by a run that was interrupted"],
    },
  },
  apply: {
    "the first control plane": { facts: facts({ release: "1.35.4" }), answers: platform },
    "a control plane in a container on cgroup v1, whose kubelet is new already": {
      facts: {
        ...facts({ release: "1.36.3" }),
        cluster: facts({ release: "1.35.4" }).cluster ?? nothing,
        cgroup: said("tmpfs\n"),
        container: said("docker\n"),
      },
      answers: platform,
    },
    "a worker, with another one that takes its pods": {
      context: (context) => onWorker(twoWorkers(context)),
      facts: withW2({ release: "1.35.4", cp: "1.36.3" }),
      answers: platform,
      notes: [
        "moving its pods to other nodes",
        "sending kubelet",
        "sending kubectl",
        "waiting for the new kubelet",
      ],
    },
    "a worker that has nothing of the new release": {
      context: (context) => onWorker(twoWorkers(context)),
      facts: { ...withW2({ release: "1.35.4", cp: "1.36.3" }), kubeadm: said("v1.35.4\n") },
      answers: platform,
      notes: [
        "sending kubeadm",
        "moving its pods to other nodes",
        "sending kubelet",
        "sending kubectl",
        "waiting for the new kubelet",
      ],
    },
    "a worker whose kubeadm alone is older": {
      context: onWorker,
      facts: { ...facts({ release: "1.36.3" }), "static pods": said("", 2), kubeadm: said("v1.35.4\n") },
      answers: platform,
      notes: ["sending kubeadm"],
    },
    "a worker that a person has cordoned stays cordoned": {
      context: (context) => onWorker(twoWorkers(context)),
      facts: withW2({ release: "1.35.4", nodes: { w1: { spec: { unschedulable: true } } } }),
      answers: platform,
    },
    "the only worker keeps its pods": {
      context: onWorker,
      facts: { ...facts({ release: "1.35.4" }), "static pods": said("", 2) },
      answers: platform,
    },
    "a worker that we have cordoned, with everything else done": {
      context: onWorker,
      facts: {
        ...facts({ release: "1.36.3", nodes: { w1: marked } }),
        "static pods": said("", 2),
      },
    },
    "a PodDisruptionBudget that never allows an eviction": {
      context: (context) => onWorker(twoWorkers(context)),
      facts: withW2({ release: "1.35.4" }),
      answers: [["poddisruptionbudgets", JSON.stringify({ items: [never, pod] })]],
      throws: /cannot drain w1: the PodDisruptionBudget default\/app never allows an eviction/,
    },
    "a pod without a controller": {
      context: (context) => onWorker(twoWorkers(context)),
      facts: withW2({ release: "1.35.4" }),
      answers: [
        [
          "poddisruptionbudgets",
          JSON.stringify({ items: [{ ...pod, metadata: { ...pod.metadata, ownerReferences: [] } }] }),
        ],
      ],
      throws: /cannot drain w1: the pod default\/app-1 belongs to no controller and would be lost/,
    },
    "pods that do not leave": {
      context: (context) => onWorker(twoWorkers(context)),
      facts: withW2({ release: "1.35.4" }),
      answers: [
        [
          " drain ",
          {
            code: 1,
            stdout: "",
            stderr:
              'error: unable to drain node "w1" due to error: cannot delete Pods that declare no controller (use --force to override): default/mine\n',
          },
        ],
      ],
      throws: /cannot drain w1: .*declare no controller .*default\/mine/,
    },
    "a node that does not become Ready": {
      context: onWorker,
      facts: { ...facts({ release: "1.35.4" }), "static pods": said("", 2) },
      answers: [...platform, ["seen=0", said("", 1)]],
      throws: /the node w1 is not Ready with kubelet 1.36.3 after 180 s/,
    },
  },
  undo: { "a right machine": {} },
};
