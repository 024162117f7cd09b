import { z } from "zod";
import { defaultMinor } from "../versions.ts";
import {
  addons,
  defaultRuntime,
  ipFamilies,
  loginWays,
  machineTypes,
  plugins,
  providers,
  rootLogins,
  runtimes,
  software,
  sources,
  sudoWays,
} from "./available.ts";
import { cloudSchema } from "./cloud.ts";
import { settingsFields } from "./cluster-settings.ts";
import { defaultListen } from "./entrance.ts";
import {
  choice,
  endpointAddress,
  existingHost,
  ipv4,
  keyFingerprint,
  kubernetesVersion,
  labName,
  machineName,
  machineReference,
  mirrorUrl,
  network,
  placeName,
  quantity,
  roleName,
  shellPath,
  userName,
} from "./fields.ts";
import { pluginFields } from "./plugin-settings.ts";

export const apiVersion = "labwright/v1";

/** Machines of one entry. A larger number is more likely a typing error than a lab that one computer can run. */
export const mostOfOneKind = 50;

/** More is a typing error: no computer that a lab runs on has as many. */
const mostProcessors = 512;
/** A cluster of one idle node was seen to have 372. */
const leastProcesses = 1024;
/** The most that Linux gives on any computer: PID_MAX_LIMIT. */
const mostProcesses = 4_194_304;
/** In MiB: a machine with systemd and sshd alone runs in these. */
const leastMemory = 64;
const leastDisk = 1024;

export const defaults = {
  name: "basics",
  user: "root",
  machines: [
    { name: "cp", role: "control-plane" },
    { name: "w", role: "worker", count: 2 },
  ],
  podSubnet: "10.244.0.0/16",
  serviceSubnet: "10.96.0.0/12",
  playbooks: ["cluster", "nginx-nodeport"],
  /** If only pods in the nodes' own network can run. */
  playbooksWithoutNetwork: ["cluster"],
};

export const accountSchema = z.strictObject({
  name: userName.describe("The account's name."),
  sudo: choice("way of sudo", sudoWays).prefault("none").describe("How the user becomes root."),
  shell: shellPath.optional().describe("The login shell. Default: /bin/bash."),
});

export const machineSchema = z.strictObject({
  name: machineName.describe(
    "Host name of the machine, and name of the Kubernetes node. With `count`, a number is added to it: w gives w1, w2. Underscores only if it is not a node.",
  ),
  role: roleName.describe(
    "control-plane, worker, load-balancer, jump-host, app-server, or your own role that playbooks name.",
  ),
  count: z
    .int()
    .min(1)
    .max(mostOfOneKind)
    .optional()
    .describe("Makes this many machines: <name>1, <name>2, and so on."),
  user: userName
    .optional()
    .describe("The user that labwright logs in as. Default: root; for an existing machine ~/.ssh/config's."),
  via: machineReference.optional().describe("The machine whose SSH server is jumped through."),
  sudo: choice("way of sudo", sudoWays)
    .optional()
    .describe("How the user becomes root. Default: none for root, passwordless for others."),
  software: z
    .array(choice("software", software))
    .default([])
    .describe("What runs on the machine besides: docker (its own Docker engine), docker-compose."),
  users: z
    .array(accountSchema)
    .min(1)
    .optional()
    .describe("Further accounts, for the people who work on the machine."),
  login: z
    .array(choice("way to log in", loginWays))
    .min(1)
    .optional()
    .describe("How people log in: [key], or [key, password]. Default: as the machine's sshd has it."),
  rootLogin: choice("way for root to log in", rootLogins)
    .optional()
    .describe("How root logs in: none, key or password. Default: as the machine's sshd has it."),
  cpus: z
    .int()
    .min(1)
    .max(mostProcessors)
    .optional()
    .describe(
      "Processors: a limit of a container, a size of a virtual machine, what an existing host must have.",
    ),
  memory: quantity(leastMemory)
    .optional()
    .describe("Memory, such as 2Gi or 1536Mi: a limit, a size, or what an existing host must have."),
  disk: quantity(leastDisk)
    .optional()
    .describe(
      "The root file system, such as 20Gi: a limit with incus, and what an existing host must have with ssh. Not with docker and vagrant.",
    ),
  processes: z
    .int()
    .min(leastProcesses)
    .max(mostProcesses)
    .optional()
    .describe(
      "Processes and threads at once: a limit of a container. Default: 4096. Only with docker and incus.",
    ),
  host: existingHost
    .optional()
    .describe("An existing machine, for the ssh provider: name-or-address, or name-or-address:port."),
  address: ipv4
    .optional()
    .describe(
      "Where other machines reach an existing one. Default: the address of its default route's interface.",
    ),
  takeOver: z
    .boolean()
    .optional()
    .describe(
      "Whether another cluster on an existing machine may be stopped and moved aside until `labwright down`.",
    ),
});

const mirrorsSchema = z.strictObject({
  kubernetes: mirrorUrl()
    .optional()
    .describe("Base URL in place of https://pkgs.k8s.io, such as https://mirror.example/kubernetes."),
  docker: mirrorUrl()
    .optional()
    .describe("Base URL in place of https://download.docker.com, such as https://mirror.example/docker-ce."),
  debian: mirrorUrl()
    .optional()
    .describe("Base URL in place of http://deb.debian.org/debian, such as https://mirror.example/debian."),
  packages: mirrorUrl()
    .optional()
    .describe(
      "Stands for kubernetes and docker together. Use these two: few mirrors have both at one place.",
    ),
  keys: z
    .array(keyFingerprint)
    .min(1)
    .optional()
    .describe("Fingerprints of further keys that may sign the package repositories."),
  images: mirrorUrl({ registry: true })
    .optional()
    .describe("A registry in place of every upstream image registry."),
  manifests: mirrorUrl().optional().describe("Base URL in place of the place of release manifests."),
});

const clusterNetworkSchema = z.strictObject({
  plugin: choice("network plugin", plugins)
    .prefault("calico")
    .describe(
      "The pod network: calico; flannel, which has no NetworkPolicy; or none, for a cluster into which you install your own.",
    ),
  ...pluginFields,
  ipFamilies: z
    .array(choice("IP family", ipFamilies))
    .min(1)
    .optional()
    .describe("[IPv4], or [IPv4, IPv6] for dual-stack: pods, Services and nodes have both. Default: [IPv4]."),
  podSubnet: network
    .default(defaults.podSubnet)
    .describe("The network of the pods; each node takes a /24 of it."),
  serviceSubnet: network.default(defaults.serviceSubnet).describe("The network of the services."),
});

const clusterSchema = z.strictObject({
  version: kubernetesVersion.prefault(defaultMinor).describe("The Kubernetes release."),
  runtime: choice("runtime", runtimes)
    .prefault(defaultRuntime)
    .describe("The container runtime of the nodes."),
  network: clusterNetworkSchema.prefault({}).describe("The networks inside the cluster."),
  controlPlaneEndpoint: endpointAddress
    .optional()
    .describe(
      "The address of the API server that keepalived moves between control planes: auto, or with existing machines a free address of their network. Default: the load balancer's, or the only control plane's.",
    ),
  addons: z
    .array(choice("addon", addons))
    .optional()
    .describe("What runs in the cluster besides: metrics-server, local-path-provisioner, skipper, headlamp."),
  ...settingsFields,
});

const entranceSchema = z.strictObject({
  listen: ipv4
    .default(defaultListen)
    .describe(
      "The address at which it listens, one of the computer's that the engine runs on. 0.0.0.0 stands for all of them. Default: 127.0.0.1.",
    ),
  name: placeName
    .optional()
    .describe(
      "The DNS name or address by which others reach it, also in the API server's certificate. Default: the address of `listen`.",
    ),
  firstPort: z
    .int()
    .min(1024)
    .max(60_000)
    .optional()
    .describe("The first of its ports; the others follow. Default: chosen by the lab's name, and kept."),
  nodePorts: z
    .array(z.int().min(1).max(65_535))
    .optional()
    .describe(
      "The NodePorts that it leads to. Default: those of the playbook nginx-nodeport and of skipper.",
    ),
});

/** The lab file, as it is written. `crossProblems` checks what depends on several fields. */
export const labSchema = z
  .strictObject({
    apiVersion: choice("apiVersion", { supported: [apiVersion], planned: [] })
      .prefault(apiVersion)
      .describe("The version of the lab file's language."),
    name: labName
      .default(defaults.name)
      .describe("The lab's name; also the kubeconfig context's. Labs of different names live side by side."),
    provider: choice("provider", providers).prefault("docker").describe("What creates the machines."),
    source: choice("source", sources)
      .prefault("auto")
      .describe(
        "Where programs and images come from: upstream's own, or compiled from Go modules; auto uses what works.",
      ),
    mirrors: mirrorsSchema.prefault({}).describe("Mirrors that replace upstream's own."),
    network: z
      .strictObject({
        subnet: network
          .optional()
          .describe("The network of the machines. Default: the provider picks a free one."),
        isolated: z
          .boolean()
          .optional()
          .describe(
            "Whether machines open no connection to the computer that runs them. Default: false. Only with docker and incus.",
          ),
      })
      .prefault({})
      .describe("The network that the machines are on."),
    incus: z
      .strictObject({
        remote: z
          .string()
          .regex(/^[a-z0-9][a-z0-9._-]*$/i)
          .optional()
          .describe("A server of `incus remote list`. Default: the one on this computer."),
        type: choice("machine type", machineTypes)
          .prefault("container")
          .describe("What the machines are on the server."),
      })
      .optional()
      .describe("Settings for the provider incus alone."),
    entrance: z
      .union([z.boolean(), entranceSchema])
      .optional()
      .describe(
        "A fixed entrance: one address of this computer whose ports for SSH, the API server and NodePorts stay the same when machines are created again. true: at 127.0.0.1. Default: none.",
      ),
    spares: z
      .int()
      .min(0)
      .max(20)
      .optional()
      .describe(
        "How many spares the lab has: further sets of its machines, frozen, of which `reset` takes one. Default: 0.",
      ),
    machines: z.array(machineSchema).min(1).prefault(defaults.machines).describe("The machines of the lab."),
    cloud: cloudSchema.optional().describe("For the pulumi provider: which cloud, and how."),
    cluster: clusterSchema.prefault({}).describe("The Kubernetes cluster."),
    playbooks: z
      .array(z.string())
      .optional()
      .describe(
        "What is done on the machines, in order: names of files in playbooks/. Default: cluster, nginx-nodeport; cluster alone with the network plugin none.",
      ),
  })
  .meta({
    title: "labwright lab file",
    description: "A lab: its machines, its Kubernetes cluster, and what is done on them.",
  });

export type LabInput = z.output<typeof labSchema>;

/** The JSON Schema (draft 2020-12) of the lab file, for editors. An empty file is a null to them, and a valid lab. */
export function labSchemaJson(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(labSchema, { io: "input" });
  return { $schema, ...schema, type: ["object", "null"] };
}
