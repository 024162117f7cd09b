import { writeYaml } from "../lab/yaml.ts";
import { releasesOf } from "../versions.ts";
import { ignoredPreflight } from "./kubeadm.ts";

/** An argument of a program, as kubeadm's v1beta4 has it. */
export interface Argument {
  name: string;
  value: string;
}

/** What `kubeadm init` is told about a machine and its cluster. */
export interface InitInputs {
  cluster: {
    name: string;
    /** As the lab file has it: `1.36`. */
    version: string;
    podSubnet: string;
    serviceSubnet: string;
    /** Names and addresses of the API server besides those that kubeadm puts into its certificate. */
    certSANs: string[];
    hasWorkers: boolean;
  };
  node: {
    name: string;
    address: string;
    /** The runtime's socket, as a path. */
    socket: string;
    /** The file that names the DNS servers of pods. */
    resolvConf: string;
    /** Whether the machine has cgroup v1. */
    legacy: boolean;
    container: boolean;
  };
  /** The folder of kubeadm's patches. */
  patches: string;
}

/** The file for `kubeadm init --config`: kubeadm.k8s.io/v1beta4, and the kubelet's and kube-proxy's configuration. */
export const initConfig = (inputs: InitInputs): string =>
  `# Written by labwright.\n${documentsOf(inputs).map(writeYaml).join("---\n")}`;

const documentsOf = (inputs: InitInputs): unknown[] => [
  initConfiguration(inputs),
  clusterConfiguration(inputs),
  kubeletConfiguration(inputs),
  kubeProxyConfiguration,
];

/** kubeadm taints a control plane by default; without a worker, pods have to run on it. */
const taint = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };

const initConfiguration = ({ cluster, node, patches }: InitInputs) => ({
  apiVersion: "kubeadm.k8s.io/v1beta4",
  kind: "InitConfiguration",
  localAPIEndpoint: { advertiseAddress: node.address },
  // kubeadm always makes one token; ours are made for each join, so this one may end at once.
  bootstrapTokens: [
    {
      ttl: "1m0s",
      usages: ["signing", "authentication"],
      groups: ["system:bootstrappers:kubeadm:default-node-token"],
    },
  ],
  patches: { directory: patches },
  nodeRegistration: {
    name: node.name,
    criSocket: `unix://${node.socket}`,
    imagePullPolicy: "IfNotPresent",
    ignorePreflightErrors: ignoredPreflight(node),
    taints: cluster.hasWorkers ? [taint] : [],
    kubeletExtraArgs: [{ name: "node-ip", value: node.address }],
  },
});

/**
 * One of each has nobody to elect, and kubeadm refuses a second control plane here, where controlPlaneEndpoint is not
 * set. While the first waits for its lease, and for its own limit of 20 requests a second as it starts forty
 * controllers, a new cluster stands still for seven seconds.
 */
const alone: Argument[] = [{ name: "leader-elect", value: "false" }];
const quick: Argument[] = [
  { name: "kube-api-qps", value: "200" },
  { name: "kube-api-burst", value: "400" },
];

const clusterConfiguration = ({ cluster }: InitInputs) => ({
  apiVersion: "kubeadm.k8s.io/v1beta4",
  kind: "ClusterConfiguration",
  clusterName: cluster.name,
  kubernetesVersion: `v${releasesOf(cluster.version).kubernetes}`,
  // Elliptic keys are made in milliseconds where RSA takes seconds.
  encryptionAlgorithm: "ECDSA-P256",
  apiServer: { certSANs: cluster.certSANs },
  controllerManager: { extraArgs: [...alone, ...quick] },
  scheduler: { extraArgs: alone },
  networking: { podSubnet: cluster.podSubnet, serviceSubnet: cluster.serviceSubnet },
});

const kubeletConfiguration = ({ node }: InitInputs) => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  cgroupDriver: node.legacy ? "cgroupfs" : "systemd",
  failCgroupV1: !node.legacy,
  failSwapOn: false,
  resolvConf: node.resolvConf,
  // A lab's machine shares its disk with the person's own things: its fill level says nothing about the lab.
  imageGCHighThresholdPercent: 100,
  evictionHard: { "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%" },
});

const kubeProxyConfiguration = {
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  mode: "iptables",
  // The limit is the host kernel's, which a machine in a container may not set.
  conntrack: { maxPerCore: 0 },
};
