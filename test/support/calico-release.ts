import { adapted } from "../../src/components/network/calico/manifest.ts";
import type { NetworkSettings } from "../../src/components/network/pod-network.ts";
import { readAllYaml, writeAllYaml } from "../../src/lab/yaml.ts";

/**
 * Objects of the structure that Calico's releases publish as manifests/calico-typha.yaml: the names, containers,
 * commands, variables, probes, mounts and volumes that matter to a lab. Read in github.com/projectcalico/calico at the
 * tags v3.31.7 and v3.32.1 and the branch release-v3.33 (2026-11-29). Custom resources and rules of roles are cut short.
 */
interface Shape {
  /** From 3.33 on cni, kube-controllers and typha are one image, whose program is told which of them to be. */
  oneImage: boolean;
  /** Felix reads the kernel's lockdown state through its own mount. */
  kernelSecurity: boolean;
}

const shapes = {
  "v3.31.7": { oneImage: false, kernelSecurity: true },
  "v3.32.1": { oneImage: false, kernelSecurity: false },
  "v3.33.0": { oneImage: true, kernelSecurity: true },
} satisfies Record<string, Shape>;

export type Release = keyof typeof shapes;
export const releases = Object.keys(shapes) as Release[];

export interface Variable {
  name: string;
  value?: string;
  valueFrom?: object;
}

interface Exec {
  exec: { command: string[] };
}

export interface Probe {
  exec?: Exec["exec"];
  httpGet?: object;
  [timing: string]: unknown;
}

export interface Container {
  name: string;
  image: string;
  imagePullPolicy: string;
  command?: string[];
  args?: string[];
  env?: Variable[];
  envFrom?: object[];
  lifecycle?: { preStop?: Exec; postStart?: Exec };
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  volumeMounts?: object[];
  ports?: object[];
  resources?: object;
  securityContext?: object;
}

export interface ManifestObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  spec?: {
    template?: { spec: { initContainers?: Container[]; containers: Container[]; volumes?: object[] } };
    [other: string]: unknown;
  };
  [other: string]: unknown;
}

const kubeSystem = (name: string) => ({ name, namespace: "kube-system" });

const fromConfig = (name: string, key: string): Variable => ({
  name,
  valueFrom: { configMapKeyRef: { name: "calico-config", key } },
});
const fromNode = (name: string): Variable => ({
  name,
  valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } },
});
const plain = (variables: Record<string, string>): Variable[] =>
  Object.entries(variables).map(([name, value]) => ({ name, value }));

const envFrom = [{ configMapRef: { name: "kubernetes-services-endpoint", optional: true } }];
const imagePullPolicy = "IfNotPresent";
const privileged = { privileged: true };
const mount = (name: string, mountPath: string, more: object = {}) => ({ name, mountPath, ...more });
const hostPath = (name: string, path: string, type?: string) => ({
  name,
  hostPath: type === undefined ? { path } : { path, type },
});

/** What a container runs: the program in its image, or the one image's program with other arguments. */
function running(release: Release, part: string, own: object, one: object) {
  const { oneImage } = shapes[release];
  const image = `quay.io/calico/${oneImage ? "calico" : part}:${release}`;
  return { image, imagePullPolicy, ...(oneImage ? one : own) };
}

const initContainers = (release: Release): Container[] => [
  {
    name: "upgrade-ipam",
    ...running(
      release,
      "cni",
      { command: ["/opt/cni/bin/calico-ipam", "-upgrade"] },
      { command: ["/usr/bin/calico-ipam", "-upgrade"] },
    ),
    envFrom,
    env: [fromNode("KUBERNETES_NODE_NAME"), fromConfig("CALICO_NETWORKING_BACKEND", "calico_backend")],
    volumeMounts: [
      mount("host-local-net-dir", "/var/lib/cni/networks"),
      mount("cni-bin-dir", "/host/opt/cni/bin"),
    ],
    securityContext: privileged,
  },
  {
    name: "install-cni",
    ...running(
      release,
      "cni",
      { command: ["/opt/cni/bin/install"] },
      { args: ["component", "cni", "install"] },
    ),
    envFrom,
    env: [
      ...plain({ CNI_CONF_NAME: "10-calico.conflist" }),
      fromConfig("CNI_NETWORK_CONFIG", "cni_network_config"),
      fromNode("KUBERNETES_NODE_NAME"),
      fromConfig("CNI_MTU", "veth_mtu"),
      ...plain({ SLEEP: "false" }),
    ],
    volumeMounts: [mount("cni-bin-dir", "/host/opt/cni/bin"), mount("cni-net-dir", "/host/etc/cni/net.d")],
    securityContext: privileged,
  },
  {
    name: "ebpf-bootstrap",
    image: `quay.io/calico/node:${release}`,
    imagePullPolicy,
    command: shapes[release].oneImage
      ? ["calico", "component", "node", "init", "--best-effort"]
      : ["calico-node", "-init", "-best-effort"],
    volumeMounts: [
      mount("sys-fs", "/sys/fs", { mountPropagation: "Bidirectional" }),
      mount("var-run-calico", "/var/run/calico", { mountPropagation: "Bidirectional" }),
      mount("nodeproc", "/nodeproc", { readOnly: true }),
    ],
    securityContext: privileged,
  },
];

const nodeCommands = (release: Release) =>
  shapes[release].oneImage
    ? {
        shutdown: ["calico", "component", "node", "shutdown"],
        live: ["calico", "component", "node", "health", "--felix-live", "--bird-live"],
        ready: ["calico", "component", "node", "health", "--felix-ready", "--bird-ready"],
      }
    : {
        shutdown: ["/bin/calico-node", "-shutdown"],
        live: ["/bin/calico-node", "-felix-live", "-bird-live"],
        ready: ["/bin/calico-node", "-felix-ready", "-bird-ready"],
      };

const lockdown = (release: Release) =>
  shapes[release].kernelSecurity
    ? {
        mounts: [mount("sys-kernel-security", "/sys/kernel/security", { readOnly: true })],
        volumes: [hostPath("sys-kernel-security", "/sys/kernel/security")],
      }
    : { mounts: [], volumes: [] };

function nodeContainer(release: Release): Container {
  const { shutdown, live, ready } = nodeCommands(release);
  return {
    name: "calico-node",
    image: `quay.io/calico/node:${release}`,
    imagePullPolicy,
    envFrom,
    env: [
      ...plain({ DATASTORE_TYPE: "kubernetes" }),
      fromConfig("FELIX_TYPHAK8SSERVICENAME", "typha_service_name"),
      ...plain({ WAIT_FOR_DATASTORE: "true" }),
      fromNode("NODENAME"),
      fromConfig("CALICO_NETWORKING_BACKEND", "calico_backend"),
      ...plain({
        CLUSTER_TYPE: "k8s,bgp",
        IP: "autodetect",
        CALICO_IPV4POOL_IPIP: "Always",
        CALICO_IPV4POOL_VXLAN: "Never",
        CALICO_IPV6POOL_VXLAN: "Never",
      }),
      ...["FELIX_IPINIPMTU", "FELIX_VXLANMTU", "FELIX_WIREGUARDMTU"].map((name) =>
        fromConfig(name, "veth_mtu"),
      ),
      ...plain({
        CALICO_DISABLE_FILE_LOGGING: "true",
        FELIX_DEFAULTENDPOINTTOHOSTACTION: "ACCEPT",
        FELIX_IPV6SUPPORT: "false",
        FELIX_HEALTHENABLED: "true",
      }),
    ],
    securityContext: privileged,
    resources: { requests: { cpu: "250m" } },
    lifecycle: { preStop: { exec: { command: shutdown } } },
    livenessProbe: {
      exec: { command: live },
      periodSeconds: 10,
      initialDelaySeconds: 10,
      failureThreshold: 6,
      timeoutSeconds: 10,
    },
    readinessProbe: { exec: { command: ready }, periodSeconds: 10, timeoutSeconds: 10 },
    volumeMounts: [
      mount("cni-net-dir", "/host/etc/cni/net.d", { readOnly: false }),
      mount("lib-modules", "/lib/modules", { readOnly: true }),
      mount("xtables-lock", "/run/xtables.lock", { readOnly: false }),
      mount("var-run-calico", "/var/run/calico", { readOnly: false }),
      mount("var-lib-calico", "/var/lib/calico", { readOnly: false }),
      mount("policysync", "/var/run/nodeagent"),
      mount("bpffs", "/sys/fs/bpf"),
      ...lockdown(release).mounts,
      mount("cni-log-dir", "/var/log/calico/cni", { readOnly: true }),
    ],
  };
}

const daemonSet = (release: Release): ManifestObject => ({
  kind: "DaemonSet",
  apiVersion: "apps/v1",
  metadata: kubeSystem("calico-node"),
  spec: {
    selector: { matchLabels: { "k8s-app": "calico-node" } },
    template: {
      spec: {
        initContainers: initContainers(release),
        containers: [nodeContainer(release)],
        volumes: [
          hostPath("lib-modules", "/lib/modules"),
          hostPath("var-run-calico", "/var/run/calico", "DirectoryOrCreate"),
          hostPath("var-lib-calico", "/var/lib/calico", "DirectoryOrCreate"),
          hostPath("xtables-lock", "/run/xtables.lock", "FileOrCreate"),
          hostPath("sys-fs", "/sys/fs/", "DirectoryOrCreate"),
          hostPath("bpffs", "/sys/fs/bpf", "Directory"),
          ...lockdown(release).volumes,
          hostPath("nodeproc", "/proc"),
          hostPath("cni-bin-dir", "/opt/cni/bin", "DirectoryOrCreate"),
          hostPath("cni-net-dir", "/etc/cni/net.d"),
          hostPath("cni-log-dir", "/var/log/calico/cni"),
          hostPath("host-local-net-dir", "/var/lib/cni/networks"),
          hostPath("policysync", "/var/run/nodeagent", "DirectoryOrCreate"),
        ],
      },
    },
  },
});

const deployment = (container: Container): ManifestObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: kubeSystem(container.name),
  spec: {
    replicas: 1,
    selector: { matchLabels: { "k8s-app": container.name } },
    template: { spec: { containers: [container] } },
  },
});

function kubeControllers(release: Release): ManifestObject {
  const status = shapes[release].oneImage
    ? ["/usr/bin/calico", "component", "kube-controllers", "kube-controllers-health"]
    : ["/usr/bin/check-status"];
  return deployment({
    name: "calico-kube-controllers",
    ...running(release, "kube-controllers", {}, { args: ["component", "kube-controllers"] }),
    env: plain({ ENABLED_CONTROLLERS: "node,loadbalancer", DATASTORE_TYPE: "kubernetes" }),
    livenessProbe: {
      exec: { command: [...status, "-l"] },
      periodSeconds: 10,
      initialDelaySeconds: 10,
      failureThreshold: 6,
      timeoutSeconds: 10,
    },
    readinessProbe: { exec: { command: [...status, "-r"] }, periodSeconds: 10 },
    securityContext: { runAsNonRoot: true },
  });
}

const typha = (release: Release): ManifestObject =>
  deployment({
    ...running(release, "typha", {}, { args: ["component", "typha"] }),
    name: "calico-typha",
    ports: [{ containerPort: 5473, name: "calico-typha", protocol: "TCP" }],
    envFrom,
    env: plain({ TYPHA_LOGSEVERITYSCREEN: "info", TYPHA_DATASTORETYPE: "kubernetes" }),
    livenessProbe: {
      httpGet: { path: "/liveness", port: 9098, host: "localhost" },
      periodSeconds: 30,
      initialDelaySeconds: 30,
      timeoutSeconds: 10,
    },
    securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false },
    readinessProbe: {
      httpGet: { path: "/readiness", port: 9098, host: "localhost" },
      periodSeconds: 10,
      timeoutSeconds: 10,
    },
  });

const named = (kind: string, apiVersion: string, ...names: string[]): ManifestObject[] =>
  names.map((name) => ({
    kind,
    apiVersion,
    metadata: kind.startsWith("Cluster") ? { name } : kubeSystem(name),
  }));

const accounts = ["calico-kube-controllers", "calico-node", "calico-cni-plugin"];

export const releaseObjects = (release: Release): ManifestObject[] => [
  ...named("PodDisruptionBudget", "policy/v1", "calico-kube-controllers", "calico-typha"),
  ...named("ServiceAccount", "v1", ...accounts),
  {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: kubeSystem("calico-config"),
    data: {
      typha_service_name: "calico-typha",
      calico_backend: "bird",
      veth_mtu: "0",
      cni_network_config:
        '{ "name": "k8s-pod-network", "cniVersion": "0.3.1", "plugins": [{ "type": "calico", "ipam": { "type": "calico-ipam" } }] }\n',
    },
  },
  {
    kind: "CustomResourceDefinition",
    apiVersion: "apiextensions.k8s.io/v1",
    metadata: { name: "ippools.crd.projectcalico.org" },
    spec: { group: "crd.projectcalico.org", scope: "Cluster" },
  },
  ...named("ClusterRole", "rbac.authorization.k8s.io/v1", ...accounts, "calico-tier-getter"),
  ...named("ClusterRoleBinding", "rbac.authorization.k8s.io/v1", ...accounts, "calico-tier-getter"),
  ...named("Service", "v1", "calico-typha"),
  daemonSet(release),
  kubeControllers(release),
  typha(release),
];

export const releaseManifest = (release: Release): string => writeAllYaml(releaseObjects(release));

export const settings = { podSubnet: "10.50.0.0/16", own: { typha: true }, apiServer: "10.89.0.10" };

/** A release's manifest as a lab applies it, as objects. */
export const adaptedRelease = (release: Release, changes: Partial<NetworkSettings> = {}): ManifestObject[] =>
  readAllYaml(adapted(releaseManifest(release), { ...settings, ...changes })) as ManifestObject[];

export const containersOf = ({ spec }: ManifestObject): Container[] => [
  ...(spec?.template?.spec.initContainers ?? []),
  ...(spec?.template?.spec.containers ?? []),
];

export function namedContainer(objects: readonly ManifestObject[], name: string): Container {
  const found = objects.flatMap(containersOf).find((container) => container.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found;
}

/** The programs that a container's command, hooks and probes start. */
export function programsOf(container: Container): string[] {
  const { command, lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  const handlers = [lifecycle?.postStart, lifecycle?.preStop, livenessProbe, readinessProbe, startupProbe];
  const commands = [command, ...handlers.map((handler) => handler?.exec?.command)];
  return commands.flatMap((words) => words?.[0] ?? []);
}
