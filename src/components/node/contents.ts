import { type Contents, joined } from "../../linux/backup.ts";
import { addonContents } from "../addon/addons.ts";
import { networkContents } from "../network/networks.ts";

const pairs = (...names: string[]): string[] => names.flatMap((name) => [`${name}.crt`, `${name}.key`]);

/** What kubeadm writes, as `kubeadm init phase` and `kubeadm join` name it. */
export const madeByKubeadm: Contents = {
  "/etc/kubernetes": [
    ...["admin", "super-admin", "kubelet", "bootstrap-kubelet", "controller-manager", "scheduler"].map(
      (name) => `${name}.conf`,
    ),
    ...["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"].map(
      (name) => `manifests/${name}.yaml`,
    ),
    ...pairs("ca", "apiserver", "apiserver-kubelet-client", "apiserver-etcd-client").map(
      (name) => `pki/${name}`,
    ),
    ...pairs("front-proxy-ca", "front-proxy-client", "etcd/ca", "etcd/server", "etcd/peer").map(
      (name) => `pki/${name}`,
    ),
    ...pairs("etcd/healthcheck-client").map((name) => `pki/${name}`),
    ...["pki/sa.key", "pki/sa.pub", "tmp/kubeadm-*", "labwright-*-done", "labwright-certs-restart"],
  ],
  "/var/lib/etcd": ["member", "labwright"],
};

/** What the kubelet keeps: https://kubernetes.io/docs/reference/node/kubelet-files/ */
export const madeByKubelet: Contents = {
  "/var/lib/kubelet": [
    ...[
      "config.yaml",
      "instance-config.yaml",
      "kubeadm-flags.env",
      "*_state",
      "actuated_pods",
      "allocated_pods",
    ],
    ...[
      "checkpoints",
      "device-plugins",
      "image_manager",
      "pki",
      "plugins",
      "plugins_registry",
      "pod-resources",
    ],
    ...["pods", "kubelet.sock"],
  ],
};

/** What pods, the kubelet and kubectl leave on a node, in folders that others use too. */
export const besidesPods: Contents = joined([
  { "/var/log/pods": ["*_*_*"], "/var/log/containers": ["*_*_*.log"] },
  networkContents("logs"),
  { "/var/lib/cni": ["cache", "networks", "results"] },
  networkContents("runtime"),
  addonContents,
  {
    "/root/.kube": ["cache/discovery", "cache/http"],
    // The API server's and the controller manager's pods mount these, and the kubelet creates those that are missing.
    "/usr/libexec/kubernetes": ["kubelet-plugins/volume/exec/nodeagent~uds"],
    "/usr/local/share/ca-certificates": [],
    "/usr/share/ca-certificates": [],
    "/etc/ca-certificates": [],
  },
]);
