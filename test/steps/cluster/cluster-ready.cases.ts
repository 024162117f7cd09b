import type { CheckContext } from "../../../src/engine/step.ts";
import type { NetworkPlugin } from "../../../src/lab/available.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, withLab } from "../../support/steps.ts";

const object = (kind: string, name: string, ready: string, phase = "Running") => ({
  kind,
  metadata: { name },
  status: {
    phase,
    conditions: [
      { type: "Initialized", status: "True" },
      { type: "Ready", status: ready },
    ],
  },
});
const set = (updated: number) => ({
  kind: "DaemonSet",
  metadata: { name: "calico-node", generation: 2 },
  spec: { updateStrategy: { type: "RollingUpdate" } },
  status: { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: updated },
});
const running = (name: string, containerRuntimeVersion: string) => {
  const node = object("Node", name, "True");
  return { ...node, status: { ...node.status, nodeInfo: { containerRuntimeVersion } } };
};
const nodes = [object("Node", "cp", "True"), object("Node", "w1", "True")];
const objects = (...items: object[]) => ({ objects: json({ items }) });

const onHost = (pod: object) => ({ ...pod, spec: { hostNetwork: true } });
const withPlugin =
  (plugin: NetworkPlugin) =>
  (context: CheckContext): CheckContext => {
    const { cluster } = context.lab;
    return withLab({ cluster: { ...cluster, network: { ...cluster.network, plugin } } })(context);
  };
const withoutNetwork = withPlugin("none");
const withFlannel = withPlugin("flannel");

export const cases: StepCases = {
  machine: "localhost",
  fresh: { differences: ["the API server does not answer"] },
  right: objects(
    ...nodes,
    set(2),
    object("Pod", "coredns-1", "True"),
    object("Pod", "job", "False", "Succeeded"),
  ),
  alsoRight: {
    "Flannel's pods run in another namespace": {
      context: withFlannel,
      facts: { ...objects(...nodes), network: json({ items: [object("Pod", "kube-flannel-ds-1", "True")] }) },
    },
    "without a pod network, what can run runs": {
      context: withoutNetwork,
      facts: objects(
        object("Node", "cp", "False"),
        object("Node", "w1", "False"),
        object("Pod", "coredns-1", "False", "Pending"),
        onHost(object("Pod", "kube-proxy-1", "True")),
      ),
    },
  },
  wrong: {
    "Flannel's own namespace: a pod that does not start": {
      context: withFlannel,
      facts: {
        ...objects(...nodes),
        network: json({ items: [object("Pod", "kube-flannel-ds-1", "False", "Pending")] }),
      },
      differences: ["the pod kube-flannel-ds-1 is not Ready"],
    },
    "Flannel's own namespace cannot be asked": {
      context: withFlannel,
      facts: { ...objects(...nodes), network: nothing },
      differences: ["the API server does not answer"],
    },
    "without a pod network, a machine that has not joined": {
      context: withoutNetwork,
      facts: objects(object("Node", "cp", "False"), onHost(object("Pod", "kube-proxy-1", "False"))),
      differences: ["the node w1 has not joined the cluster", "the pod kube-proxy-1 is not Ready"],
    },
    "a node with another container runtime than the lab's": {
      facts: objects(running("cp", "containerd://2.4.2"), running("w1", "cri-o://1.36.1")),
      differences: ["the node w1 runs its containers with cri-o, not with containerd"],
    },
    "a node that is missing, one that is not Ready": {
      facts: objects(object("Node", "cp", "Unknown"), object("Pod", "w1", "True")),
      differences: ["the node cp is not Ready", "the node w1 is not Ready"],
    },
    "a DaemonSet on its way, a pod that does not start": {
      facts: objects(...nodes, set(1), object("Pod", "coredns-1", "False", "Pending")),
      differences: ["the DaemonSet calico-node is not rolled out", "the pod coredns-1 is not Ready"],
    },
    "an API server that does not answer": {
      facts: { objects: nothing },
      differences: ["the API server does not answer"],
    },
  },
};
