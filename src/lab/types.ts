import type { ProxySettings } from "../http/proxies.ts";
import type { NetworkPlugin, Runtime } from "./available.ts";
import type { CloudChoice } from "./cloud.ts";
import type { LoginWay, MachineType, ProviderName, Software, SourceChoice, Sudo } from "./words.ts";

/** A lab as every other part of the program sees it: validated, defaults filled in, counts expanded. Plain data. */
export interface Lab {
  /** Also the kubeconfig context's name, and part of the names of all that the provider makes. */
  name: string;
  provider: ProviderName;
  source: SourceChoice;
  mirrors: Mirrors;
  /** The network of the machines in CIDR notation; absent: the provider picks a free one. */
  machineSubnet?: string;
  machines: Machine[];
  /** Which cloud the pulumi provider makes machines in; present if that is the provider. */
  cloud?: CloudChoice;
  cluster: Cluster;
  /** Which Incus server, and what kind of machines there; for the provider of that name only. */
  incus?: { remote?: string; type: MachineType };
  /** How this computer reaches the internet: not the file's, but the session's words. */
  proxies?: ProxySettings;
  /** Names of playbooks, in their order: `cluster` is playbooks/cluster.yaml. */
  playbooks: string[];
}

/** Base URLs that stand in for upstream's own places. */
export interface Mirrors {
  /** Stands in for https://pkgs.k8s.io. */
  kubernetes?: string;
  /** Stands in for https://download.docker.com. */
  docker?: string;
  /** Stands in for http://deb.debian.org/debian. */
  debian?: string;
  /** A registry (`http://host:port`) that mirrors every upstream image registry. */
  images?: string;
  /** Stands in for the place of release manifests. */
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

export interface Machine {
  /** Its host name; for a Kubernetes node also the node's name. */
  name: string;
  /** `control-plane`, `worker`, `jump-host`, `app-server`, or a free one. */
  role: string;
  /** Whom we log in as. */
  user: string;
  /** The machine whose sshd we jump through. */
  via?: string;
  /** What runs on it besides, each once and after what it needs. */
  software?: Software[];
  sudo: Sudo;
  /** Further accounts. */
  users?: Account[];
  /** How people log in; absent: nothing is changed, and machines that labwright makes take keys only. */
  login?: LoginWay[];
  /** How root logs in; absent: nothing is changed, and machines that labwright makes take keys only. */
  rootLogin?: "none" | LoginWay;
  /** An existing host (`ssh` provider): `name-or-address` or `name-or-address:port`. */
  host?: string;
  /** Where other machines reach an existing host, if that is not the address of its default route's interface. */
  address?: string;
  /** Whether another cluster on an existing host may be stopped and put aside until the lab is deleted. */
  takeOver?: true;
}

/** Where `ssh` would look for a machine. */
export interface MachinePlace {
  name: string;
  host?: string | undefined;
}

export interface Cluster {
  /** The minor release: `1.36`. */
  version: string;
  runtime: Runtime;
  network: { plugin: NetworkPlugin; typha: boolean; podSubnet: string; serviceSubnet: string };
}
