import { dirname } from "node:path/posix";
import type { ClusterSettings } from "../lab/cluster-settings.ts";
import { isRecord } from "../lab/finding.ts";
import { readAllYaml, writeYaml } from "../lab/yaml.ts";
import { releasesOf } from "../versions.ts";
import {
  apiServerFolder,
  auditLog,
  auditPolicyFile,
  decryptionFile,
  encryptionFile,
} from "./api-server-files.ts";
import { ignoredPreflight } from "./kubeadm.ts";

/** An argument of a program, as kubeadm's v1beta4 has it. */
export interface Argument {
  name: string;
  value: string;
}

/** A file or folder of the machine that a program of the control plane sees, as kubeadm's v1beta4 has it. */
export interface Volume {
  name: string;
  hostPath: string;
  mountPath: string;
  readOnly?: boolean | undefined;
  pathType?: string | undefined;
}

/** The inputs of `kubeadm init`: a machine and its cluster. */
export interface InitInputs {
  cluster: {
    name: string;
    /** The release of the control plane: `1.36.3`. */
    release: string;
    /** One network for each family of addresses, separated by commas. */
    podSubnet: string;
    serviceSubnet: string;
    /** Names and addresses of the API server besides those that kubeadm puts into its certificate. */
    certSANs: string[];
    hasWorkers: boolean;
    settings: ClusterSettings;
    /** Whether the API server writes Secrets in plain text, and still reads encrypted ones. */
    isDecrypting?: boolean;
    /** `host:port` at which the API server is reached through a load balancer; absent: at the only control plane. */
    endpoint?: string;
  };
  node: NodeInputs & {
    /** The file that names the DNS servers of pods. */
    resolvConf: string;
    /** Feature gates of the kubelet that its container runtime needs. */
    gates?: Readonly<Record<string, boolean>>;
  };
  /** The folder of kubeadm's patches. */
  patches: string;
}

/** The machine in a configuration of kubeadm. */
export interface NodeInputs {
  name: string;
  address: string;
  /** All its addresses, one of each family. */
  addresses: readonly string[];
  /** The runtime's socket, as a path. */
  socket: string;
  /** Whether the machine has cgroup v1. */
  legacy: boolean;
  container: boolean;
}

/** The file for `kubeadm init --config`: kubeadm.k8s.io/v1beta4, and the kubelet's and kube-proxy's configuration. */
export const initConfig = (inputs: InitInputs): string =>
  `# Written by labwright.\n${documentsOf(inputs).map(writeYaml).join("---\n")}`;

const documentsOf = (inputs: InitInputs) => [
  initConfiguration(inputs),
  clusterConfiguration(inputs),
  kubeletConfiguration(inputs),
  kubeProxyConfiguration,
];

/** kubeadm taints a control plane by default; without a worker, pods have to run on it. */
const taintsOf = ({ hasWorkers }: Pick<InitInputs["cluster"], "hasWorkers">) =>
  hasWorkers ? [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] : [];

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
  nodeRegistration: { ...registration(node), taints: taintsOf(cluster) },
});

const registration = (node: NodeInputs) => ({
  name: node.name,
  criSocket: `unix://${node.socket}`,
  imagePullPolicy: "IfNotPresent",
  ignorePreflightErrors: ignoredPreflight(node),
  kubeletExtraArgs: [{ name: "node-ip", value: node.addresses.join(",") }],
});

/**
 * Without controlPlaneEndpoint, kubeadm refuses a second control plane, and one of each has nobody to elect. While the
 * first waits for its lease, and for its own limit of 20 requests a second as it starts forty
 * controllers, a new cluster stands still for seven seconds.
 */
const electionOf = ({ endpoint }: InitInputs["cluster"]): Argument[] => [
  { name: "leader-elect", value: `${endpoint !== undefined}` },
];
const quick: Argument[] = [
  { name: "kube-api-qps", value: "200" },
  { name: "kube-api-burst", value: "400" },
];

/** The arguments of the lab file, and before them those of ours that it does not give. */
const withOurs = (ours: readonly Argument[], given: readonly Argument[] = []): Argument[] => [
  ...ours.filter(({ name }) => !given.some((one) => one.name === name)),
  ...given,
];

const gates = ({ featureGates }: ClusterSettings): Argument[] =>
  featureGates
    ? [
        {
          name: "feature-gates",
          value: Object.entries(featureGates)
            .map(([name, isOn]) => `${name}=${isOn}`)
            .join(","),
        },
      ]
    : [];

function apiServerArguments({ settings, isDecrypting }: InitInputs["cluster"]): Argument[] {
  const { admissionPlugins, auditPolicy, encryptionAtRest } = settings;
  const encryption = isDecrypting ? decryptionFile : encryptionAtRest ? encryptionFile : undefined;
  return [
    ...gates(settings),
    ...(admissionPlugins
      ? // kubeadm's own value, which this one replaces.
        [{ name: "enable-admission-plugins", value: ["NodeRestriction", ...admissionPlugins].join(",") }]
      : []),
    ...(auditPolicy
      ? [
          { name: "audit-policy-file", value: auditPolicyFile(auditPolicy).path },
          { name: "audit-log-path", value: auditLog },
          // Without a limit it would fill the disk.
          { name: "audit-log-maxsize", value: "50" },
          { name: "audit-log-maxbackup", value: "2" },
        ]
      : []),
    ...(encryption ? [{ name: "encryption-provider-config", value: encryption }] : []),
  ];
}

const folderVolume = (name: string, path: string, readOnly: boolean): Volume => ({
  name,
  hostPath: path,
  mountPath: path,
  ...(readOnly && { readOnly }),
  pathType: "DirectoryOrCreate",
});

function apiServerVolumes({ settings, isDecrypting }: InitInputs["cluster"]): Volume[] {
  const { auditPolicy, encryptionAtRest, apiServer } = settings;
  return [
    ...(auditPolicy || encryptionAtRest || isDecrypting
      ? [folderVolume("labwright-files", apiServerFolder, true)]
      : []),
    ...(auditPolicy ? [folderVolume("labwright-audit-log", dirname(auditLog), false)] : []),
    ...(apiServer?.extraVolumes ?? []),
  ];
}

const volumesOf = (extraVolumes: readonly Volume[] | undefined) =>
  extraVolumes && extraVolumes.length > 0 ? { extraVolumes } : {};

const argumentsOf = (extraArgs: readonly Argument[]) => (extraArgs.length > 0 ? { extraArgs } : {});

/** ClusterConfiguration; the cluster keeps it in the ConfigMap kubeadm-config. */
export const clusterConfiguration = ({ cluster }: InitInputs) => {
  const { apiServer, controllerManager, scheduler, etcd } = cluster.settings;
  const etcdArguments = etcd?.local?.extraArgs ?? [];
  return {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "ClusterConfiguration",
    clusterName: cluster.name,
    kubernetesVersion: `v${cluster.release}`,
    ...(cluster.endpoint !== undefined && { controlPlaneEndpoint: cluster.endpoint }),
    // Elliptic keys are made in milliseconds where RSA takes seconds.
    encryptionAlgorithm: "ECDSA-P256",
    apiServer: {
      certSANs: cluster.certSANs,
      ...argumentsOf(withOurs(apiServerArguments(cluster), apiServer?.extraArgs)),
      ...volumesOf(apiServerVolumes(cluster)),
    },
    controllerManager: {
      extraArgs: withOurs(
        [...electionOf(cluster), ...quick, ...gates(cluster.settings)],
        controllerManager?.extraArgs,
      ),
      ...volumesOf(controllerManager?.extraVolumes),
    },
    scheduler: {
      extraArgs: withOurs([...electionOf(cluster), ...gates(cluster.settings)], scheduler?.extraArgs),
      ...volumesOf(scheduler?.extraVolumes),
    },
    ...(etcdArguments.length > 0 && { etcd: { local: { extraArgs: etcdArguments } } }),
    networking: { podSubnet: cluster.podSubnet, serviceSubnet: cluster.serviceSubnet },
  };
};

/** KubeletConfiguration; the cluster keeps it in the ConfigMap kubelet-config. */
export const kubeletConfiguration = ({ node, cluster }: InitInputs): Record<string, unknown> => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  cgroupDriver: node.legacy ? "cgroupfs" : "systemd",
  failCgroupV1: !node.legacy,
  failSwapOn: false,
  resolvConf: node.resolvConf,
  // A lab's machine shares its disk with the person's own things: its fill level says nothing about the lab.
  imageGCHighThresholdPercent: 100,
  // The kubelet renews its lease each quarter of it: a lease shows soon that a node works. The node controller waits as before.
  nodeLeaseDurationSeconds: 10,
  evictionHard: { "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%" },
  ...cluster.settings.kubelet,
  ...fieldOfGates({ ...node.gates, ...cluster.settings.featureGates }),
});

const fieldOfGates = (featureGates: Readonly<Record<string, boolean>>) =>
  Object.keys(featureGates).length > 0 ? { featureGates } : {};

const kubeProxyConfiguration = {
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  mode: "iptables",
  // The limit is the host kernel's, which a machine in a container may not set.
  conntrack: { maxPerCore: 0 },
};

/** The document of a kind in a file for `--config`; undefined if there is none, or if the text cannot be read. */
export function documentOf(config: string, kind: string): Record<string, unknown> | undefined {
  try {
    return readAllYaml(config)
      .filter(isRecord)
      .find((one) => one.kind === kind);
  } catch {
    return undefined;
  }
}

/** The inputs of `kubeadm join`. */
export interface JoinInputs {
  node: NodeInputs;
  /** The kubeconfig that names the cluster's authority and address. */
  discoveryFile: string;
  token: string;
  /** For a machine that becomes a control plane. */
  controlPlane?: { certificateKey: string; hasWorkers: boolean };
}

/** The lines of a join's file that are secrets, as a pattern of sed(1): they are deleted after the join. */
export const secretLines = "tlsBootstrapToken:\\|certificateKey:";

/** The file for `kubeadm join --config`. */
export const joinConfig = ({ node, discoveryFile, token, controlPlane }: JoinInputs): string =>
  `# Written by labwright.\n${writeYaml({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "JoinConfiguration",
    // The cluster's authority comes over a verified connection, so kubeadm need not wait for its signature.
    discovery: { file: { kubeConfigPath: discoveryFile }, tlsBootstrapToken: token },
    ...(controlPlane && {
      controlPlane: {
        localAPIEndpoint: { advertiseAddress: node.address },
        certificateKey: controlPlane.certificateKey,
      },
    }),
    nodeRegistration: { ...registration(node), ...(controlPlane && { taints: taintsOf(controlPlane) }) },
  })}`;

/** The file for a phase of `kubeadm init` in a cluster: with a version, kubeadm does not ask the internet for the newest. */
export const phaseConfig = (version: string): string =>
  writeYaml({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "ClusterConfiguration",
    kubernetesVersion: `v${releasesOf(version).kubernetes}`,
  });
