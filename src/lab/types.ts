import type { ProxySettings } from "../http/proxies.ts";
import type {
  AddonName,
  IpFamily,
  LoginWay,
  MachineType,
  NetworkPlugin,
  ProviderName,
  Runtime,
  Software,
  SourceChoice,
  Sudo,
} from "./available.ts";
import type { CloudChoice } from "./cloud.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import type { PluginSettings } from "./plugin-settings.ts";
import type { Size } from "./sizes.ts";

/** A lab for every other part of the program: validated, defaults filled in, counts expanded. Plain data. */
export interface Lab {
  /** Also the kubeconfig context's name, and part of the names of everything that the provider creates. */
  name: string;
  provider: ProviderName;
  source: SourceChoice;
  mirrors: Mirrors;
  /** The network of the machines in CIDR notation; absent: the provider picks a free one. */
  machineSubnet?: string;
  /** Whether its machines open no connection to the computer that runs them. */
  isolated?: true;
  machines: Machine[];
  /** The lab's fixed entrance; absent: none. */
  entrance?: Entrance;
  /** Which cloud the pulumi provider makes machines in; present if that is the provider. */
  cloud?: CloudChoice;
  cluster: Cluster;
  /** Which Incus server, and what kind of machines there; for the provider of that name only. */
  incus?: { remote?: string; type: MachineType };
  /** How many spares it has: further sets of machines, frozen, of which `reset` takes one; absent: none. */
  spares?: number;
  /** Which of its sets of machines this is: from the session, not from the file. Absent: the first. */
  set?: string;
  /** How this computer reaches the internet: from the session, not from the file. */
  proxies?: ProxySettings;
  /** Names of playbooks, in their order: `cluster` is playbooks/cluster.yaml. */
  playbooks: string[];
}

/** A lab's fixed entrance, as its lab file has it: one address whose ports lead to the lab's machines. */
export interface Entrance {
  /** The address of the engine's computer at which it listens. */
  listen: string;
  /** The DNS name or address by which others reach it, if that is not `listen`. */
  name?: string;
  /** Its first port; absent: chosen by the lab's name, and kept. */
  firstPort?: number;
  /** Ports of the nodes that it leads to; absent: those at which labwright's own Services answer. */
  nodePorts?: number[];
}

/** Base URLs that replace upstream's. */
export interface Mirrors {
  /** Replaces https://pkgs.k8s.io. */
  kubernetes?: string;
  /** Replaces https://download.docker.com. */
  docker?: string;
  /** Replaces http://deb.debian.org/debian. */
  debian?: string;
  /** A registry (`http://host:port`) that mirrors every upstream image registry. */
  images?: string;
  /** Replaces the release manifests' location. */
  manifests?: string;
  /** Fingerprints of further keys that the package repositories may be signed by: 40 hexadecimal digits each. */
  keys?: string[];
}

/** An account for people, besides the one that labwright logs in as. */
export interface Account {
  name: string;
  sudo: Sudo;
  /** Absolute path; absent: /bin/bash. */
  shell?: string;
}

export interface Machine extends Size {
  /** Its host name; for a Kubernetes node also the node's name. */
  name: string;
  /** `control-plane`, `worker`, `jump-host`, `app-server`, or a free one. */
  role: string;
  /** The user that labwright logs in as. */
  user: string;
  /** The jump host. */
  via?: string;
  /** Further software on it, each once and after what it needs. */
  software?: Software[];
  sudo: Sudo;
  /** Further accounts. */
  users?: Account[];
  /** How people log in; absent: not changed, and machines that labwright creates accept keys only. */
  login?: LoginWay[];
  /** How root logs in; absent: not changed, and machines that labwright creates accept keys only. */
  rootLogin?: "none" | LoginWay;
  /** An existing host (`ssh` provider): `name-or-address` or `name-or-address:port`. */
  host?: string;
  /** Where other machines reach an existing host, if that is not the address of its default route's interface. */
  address?: string;
  /** Whether another cluster on an existing host may be stopped and moved aside until the lab is deleted. */
  takeOver?: true;
}

/** Where `ssh` would look for a machine. */
export interface MachinePlace {
  name: string;
  host?: string | undefined;
}

export interface Cluster {
  /** The minor release (`1.36`); in full (`1.36.1`) if it is another than the table of versions has for it. */
  version: string;
  runtime: Runtime;
  network: {
    plugin: NetworkPlugin;
    settings: PluginSettings;
    /** IPv4, as `serviceSubnet`. */
    podSubnet: string;
    serviceSubnet: string;
    /** Absent: IPv4 alone. */
    ipFamilies?: readonly IpFamily[];
  };
  /** The address of the API server that keepalived moves: `auto`, or an IPv4 address; absent: none moves. */
  controlPlaneEndpoint?: string;
  /** What labwright installs into the cluster besides; absent: nothing. */
  addons?: readonly AddonName[];
  /** Absent if the lab file changes nothing of Kubernetes' own programs. */
  settings?: ClusterSettings;
}
