import type { CheckContext } from "../../../src/engine/step.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said, withLab } from "../../support/steps.ts";

const cluster = `apiVersion: kubelet.config.k8s.io/v1beta1
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
failSwapOn: false
kind: KubeletConfiguration
containerRuntimeEndpoint: ""
`;
/** kubeadm writes the runtime's socket on the node only. */
const node = cluster.replace('""', "unix:///run/containerd/containerd.sock");

const withVersion =
  (version: string) =>
  (context: CheckContext): CheckContext =>
    withLab({ cluster: { ...context.lab.cluster, version } })(context);

export const cases: StepCases = {
  machine: "w1",
  fresh: {
    facts: { state: said("inactive\n", 3) },
    differences: ["/var/lib/kubelet/config.yaml is missing", "kubelet is inactive, not active"],
  },
  right: { file: said(node), cluster: said(cluster), state: said("active\n") },
  alsoRight: {
    "a node that was joined by hand, whose socket kubeadm found": {
      facts: { file: said(node.replace("unix:///run/", "unix:///var/run/")) },
    },
    "Kubernetes 1.35, where the runtime's socket is an argument of the kubelet": {
      context: withVersion("1.35"),
      facts: { file: said(cluster) },
    },
    "an API server that does not answer says nothing about the file": { facts: { cluster: nothing } },
    "another order, and a comment": {
      facts: {
        file: said(`# by hand
kind: KubeletConfiguration
failSwapOn: false
clusterDNS: [10.96.0.10]
cgroupDriver: systemd
apiVersion: kubelet.config.k8s.io/v1beta1
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
`),
      },
    },
  },
  wrong: {
    "settings that somebody changed, added and took out": {
      facts: {
        file: said(node.replace("systemd", "cgroupfs").replace("failSwapOn: false", "maxPods: 5")),
      },
      differences: [
        "/var/lib/kubelet/config.yaml has another cgroupDriver than the cluster's kubelet-config",
        "/var/lib/kubelet/config.yaml has another failSwapOn than the cluster's kubelet-config",
        "/var/lib/kubelet/config.yaml has another maxPods than the cluster's kubelet-config",
      ],
    },
    "no socket, which would be that of the kubelet's default runtime": {
      facts: { file: said(cluster) },
      differences: [
        "/var/lib/kubelet/config.yaml has another containerRuntimeEndpoint than the cluster's kubelet-config",
      ],
    },
    "a kubelet that is stopped": {
      facts: { state: said("inactive\n", 3) },
      differences: ["kubelet is inactive, not active"],
    },
  },
  apply: {
    "a file that differs": { on: "a right machine", facts: { file: said("maxPods: 5\n") } },
    "a file that is gone": { on: "a right machine", facts: { file: nothing } },
    "a kubelet that is stopped": { on: "a right machine", facts: { state: said("inactive\n", 3) } },
  },
};
