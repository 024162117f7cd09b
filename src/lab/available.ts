/** Words of the lab file's language: those that this version can do, and those that are known and not available yet. */
export interface Words<T extends string = string> {
  supported: readonly T[];
  planned: readonly string[];
  /** Words that people know from elsewhere, and why there will be nothing of that name. */
  refused?: Readonly<Record<string, string>>;
}

/** These tables are the one place that says what is available. */
export const providers = {
  supported: ["docker", "incus", "vagrant", "ssh", "pulumi"],
  planned: [],
} as const satisfies Words;

export type ProviderName = (typeof providers.supported)[number];

export const isProviderName = (name: unknown): name is ProviderName =>
  providers.supported.some((one) => one === name);

/**
 * What machines in each cloud are if the lab file does not say: two processors and 4 GB, which a control plane needs. At
 * Hetzner the types CX and CAX cost a third of CPX and are sold out for months on end: of the families with shared
 * processors only CPX could be ordered in September 2026 (robhunter/agentdeals#1286, autobase-tech/autobase#1624).
 */
export const cloudDefaults = {
  hetzner: { region: "nbg1", size: "cpx22", image: "debian-12" },
  aws: { region: "eu-central-1", size: "t3.medium", image: "debian-12" },
};

export type CloudName = keyof typeof cloudDefaults;

/** Clouds in which the pulumi provider makes machines. */
export const clouds: Words<CloudName> = { supported: Object.keys(cloudDefaults) as CloudName[], planned: [] };

/** The container runtimes, each a folder in src/components/runtime; the first is the default. */
const runtimeNames = ["containerd", "cri-o", "docker"] as const;

export type Runtime = (typeof runtimeNames)[number];

export const runtimes: Words<Runtime> = { supported: runtimeNames, planned: [] };

export const [defaultRuntime] = runtimeNames;

export const sources = {
  supported: ["auto", "upstream", "modules"],
  planned: ["bundle"],
} as const satisfies Words;

export type SourceChoice = (typeof sources.supported)[number];

/** Where programs and images come from, once it is known. */
export type Source = Exclude<SourceChoice, "auto">;

export const isSource = (choice: unknown): choice is Source =>
  choice !== "auto" && sources.supported.some((one) => one === choice);

export const knownSources: readonly Source[] = sources.supported.filter(isSource);

/** Software that a machine can have in addition to its part in the cluster. */
export const software = { supported: ["docker", "docker-compose"], planned: [] } as const satisfies Words;

export type Software = (typeof software.supported)[number];

export const sudoWays = {
  supported: ["none", "passwordless", "password"],
  planned: [],
} as const satisfies Words;

export type Sudo = (typeof sudoWays.supported)[number];

/** How people log in over SSH. */
export const loginWays = { supported: ["key", "password"], planned: [] } as const satisfies Words;

export type LoginWay = (typeof loginWays.supported)[number];

export const rootLogins: Words<"none" | LoginWay> = { supported: ["none", "key", "password"], planned: [] };

/** A key of `cluster.network` that belongs to one plugin. */
export interface PluginSetting {
  description: string;
  /** The first one is the default. */
  values: readonly [PluginValue, ...PluginValue[]];
}

export type PluginValue = string | boolean;

/**
 * The network plugins, each a folder in src/components/network, with their settings, whether labwright installs them, and
 * whether NetworkPolicies are known to have no effect with them.
 */
export const networkPlugins = {
  calico: {
    isInstalled: true,
    ignoresPolicies: false,
    settings: {
      typha: {
        description: "Whether Calico runs Typha between its nodes and the API server.",
        values: [true, false],
      },
    },
  },
  flannel: {
    isInstalled: true,
    ignoresPolicies: true,
    settings: {
      backend: {
        description:
          "How Flannel carries packets from node to node: vxlan, or host-gw if all nodes are in one network.",
        values: ["vxlan", "host-gw"],
      },
    },
  },
  none: { isInstalled: false, ignoresPolicies: false, settings: {} },
} as const satisfies Record<
  string,
  { isInstalled: boolean; ignoresPolicies: boolean; settings: Record<string, PluginSetting> }
>;

export type NetworkPlugin = keyof typeof networkPlugins;

export const plugins: Words<NetworkPlugin> = {
  supported: Object.keys(networkPlugins) as NetworkPlugin[],
  planned: [],
};

/** Families of addresses, in Kubernetes' words; the first is that of the machines' own addresses. */
export const ipFamilies = { supported: ["IPv4", "IPv6"], planned: [] } as const satisfies Words;

export type IpFamily = (typeof ipFamilies.supported)[number];

/** Whether the network in which a provider makes machines has both families of addresses, or why not. */
export const dualStackNetworks: Record<ProviderName, true | { refused: string }> = {
  docker: true,
  incus: { refused: "labwright gives machines in its network IPv4 addresses only" },
  ssh: { refused: "a host that forwards IPv6 loses the addresses that its router advertises" },
  vagrant: { refused: "its private networks have IPv4 addresses only" },
  pulumi: { refused: "labwright's network in the cloud has IPv4 addresses only" },
};

/** The addons, each a folder in src/components/addon, with the sources that have it. */
export const addonSources = {
  "metrics-server": ["upstream", "modules"],
  "local-path-provisioner": ["upstream", "modules"],
  skipper: ["upstream", "modules"],
  headlamp: ["upstream"],
} as const satisfies Record<string, readonly Source[]>;

export type AddonName = keyof typeof addonSources;

const archived = "its project is archived and gets no security fixes";

export const addons: Words<AddonName> = {
  supported: Object.keys(addonSources) as AddonName[],
  planned: [],
  refused: {
    "ingress-nginx": `${archived}; skipper serves Ingresses`,
    dashboard: `${archived}; headlamp has taken its place`,
    "kubernetes-dashboard": `${archived}; headlamp has taken its place`,
  },
};

/** Whether the server can run them is asked at the server. */
export const machineTypes = {
  supported: ["container", "virtual-machine"],
  planned: [],
} as const satisfies Words;

export type MachineType = (typeof machineTypes.supported)[number];

/**
 * The address that moves between control planes, by provider: one that labwright chooses in the network that it makes, one
 * that the lab file gives, or why there can be none.
 */
export const movingAddresses: Record<ProviderName, "chosen" | "given" | { refused: string }> = {
  docker: "chosen",
  incus: "chosen",
  ssh: "given",
  vagrant: { refused: "not every network of Vagrant's providers delivers packets to an address that moves" },
  pulumi: {
    refused: "a cloud's network delivers packets only to the addresses that it has given to a server",
  },
};

/** Whether a provider makes a lab's fixed entrance, or why not. */
export const entrances: Record<ProviderName, true | { refused: string }> = {
  docker: true,
  incus: { refused: "labwright makes it with a container of a Docker engine" },
  ssh: { refused: "the addresses and ports of existing hosts stay the same" },
  vagrant: { refused: "Vagrant's machines have addresses that stay the same" },
  pulumi: { refused: "a server in a cloud has its own public address" },
};

/** Whether a provider keeps several sets of a lab's machines, which spares are, or why not. */
export const spares: Record<ProviderName, true | { refused: string }> = {
  docker: true,
  incus: true,
  ssh: { refused: "existing hosts are there once" },
  vagrant: { refused: "Vagrant's machines cannot be frozen side by side with others of the same names" },
  pulumi: { refused: "servers in a cloud that nobody uses cost as much as others" },
};

/** Whether a provider keeps machines from the computer that runs them, or why not. */
export const isolations: Record<ProviderName, true | { refused: string }> = {
  docker: true,
  incus: true,
  ssh: { refused: "the network of existing hosts is their owner's" },
  vagrant: { refused: "the network of a virtual machine is the hypervisor's" },
  pulumi: { refused: "no computer of yours runs servers in a cloud" },
};

/** How many control planes a lab may have: https://etcd.io/docs/v3.6/faq/#what-is-maximum-cluster-size */
export const mostControlPlanes = 7;
