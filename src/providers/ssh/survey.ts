import { isIPv4 } from "node:net";
import { networkContents } from "../../components/network/networks.ts";
import { ofRuntimes, runtimeOf } from "../../components/runtime/runtimes.ts";
import { runAll } from "../../hosts/batch.ts";
import { sh } from "../../hosts/sh.ts";
import type { Access, Host, Output } from "../../hosts/types.ts";
import type { Size } from "../../lab/sizes.ts";
import type { Cluster, Machine } from "../../lab/types.ts";
import { familyIn, osRelease } from "../../linux/family.ts";
import { type Mark, markFile, markIn } from "./mark.ts";

/** A host's facts before anything is changed there. */
export interface Survey {
  root: boolean;
  mark: Mark | undefined;
  /** Whether a mark's file exists: an unreadable one still means that the host has an owner. */
  marked: boolean;
  /** The first address of the interface of its default route, or else of its first real one. */
  address: string;
  /** What it runs, if we do not know the system's packages. */
  unsupported: string | undefined;
  systemd: boolean;
  /** Its processors, memory and root file system. */
  size: Required<Omit<Size, "processes">>;
  /** As in uname(1): `x86_64`. */
  processor: string;
  /** The IPv4 networks that its real interfaces are in: `192.0.2.5/24` on `eth0`. */
  networks: { link: string; network: string }[];
  /** Folders that steps may move aside and that are mounts with content, with their first entries. */
  mounts: { path: string; holds: string }[];
  /** Signs of a cluster, in words. */
  clusters: string[];
  /** An identifier of the host, equal under all its names. */
  identity: string;
}

const signs = {
  "/etc/kubernetes/admin.conf": "a kubeadm control plane",
  "/etc/kubernetes/kubelet.conf": "a kubelet that has joined a cluster",
  "/etc/rancher/k3s": "k3s",
  "/etc/rancher/rke2": "RKE2",
  "/var/snap/microk8s": "MicroK8s",
  "/var/lib/k0s": "k0s",
} as const;

const services = ["kubelet", "k3s", "k3s-agent", "rke2-server", "rke2-agent", "k0scontroller", "k0sworker"];

/** Links that container runtimes, pod networks and hypervisors create: their addresses lead to no other machine. */
const virtualLinks = "^(lo|docker|br-|veth|cali|vxlan|tunl|cni|flannel|virbr|lxc|incus|podman)";

/** Folders that a step moves aside, whatever the runtime: src/steps/cluster/kubelet.ts, src/steps/machine/container-runtime.ts. */
const movedAlways = [
  ...["/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd"],
  ...Object.keys(networkContents("state")),
  ...["/etc/cni", "/opt/cni"],
];

/** Folders that steps move aside on a node of that cluster: what another runtime keeps is not touched. */
export const movedAside = (cluster: Pick<Cluster, "runtime">): string[] => [
  ...movedAlways,
  ...Object.keys(runtimeOf(cluster).contents),
];

const questions = {
  user: sh`id -u`,
  mark: sh`cat ${markFile}`,
  address: sh`
      link=$(ip -4 -o route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
      {
        [ -z "$link" ] || ip -4 -o address show dev "$link" scope global
        ip -4 -o address show scope global | awk -v not=${virtualLinks} '$2 !~ not'
      } | awk '{ sub("/.*", "", $4); print $4 }' | head -n 1`,
  networks: sh`ip -4 -o address show scope global | awk -v not=${virtualLinks} '$2 !~ not { print $2, $4 }'`,
  mounts: sh`
      for folder in ${[...movedAlways, ...ofRuntimes(({ contents }) => Object.keys(contents))]}; do
        if mountpoint -q "$folder" && [ -n "$(ls -A "$folder")" ]; then
          echo "$folder $(ls -A "$folder" | head -n 3 | paste -sd, -)"
        fi
      done
      true`,
  release: osRelease,
  systemd: sh`test -d /run/systemd/system`,
  processor: sh`uname -m`,
  size: sh`
      nproc --all
      awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo
      df -P -m / | awk 'NR == 2 { print $2 }'`,
  signs: sh`ls -d ${Object.keys(signs)} 2>/dev/null; true`,
  services: sh`for unit in ${services}; do systemctl is-active --quiet "$unit" && echo "$unit"; done; true`,
  identity: sh`cat /etc/machine-id; hostname; ip -o link show | sed -n 's|.*link/ether \([^ ]*\).*|\1|p' | sort | head -n 1`,
};

/**
 * What is assumed about a machine that is only jumped through: no command is run there, because a bastion may only
 * forward (`/usr/sbin/nologin`, ForceCommand).
 */
export const unasked = ({ name }: Machine, { host }: Access): Survey => ({
  root: false,
  mark: undefined,
  marked: false,
  address: isIPv4(host) ? host : "",
  unsupported: undefined,
  systemd: false,
  size: { cpus: 0, memory: 0, disk: 0 },
  processor: "",
  networks: [],
  mounts: [],
  clusters: [],
  identity: `the hop ${name}`,
});

/** Asks a host for all facts in one round trip. Changes nothing. */
export async function survey(host: Host): Promise<Survey> {
  const facts = (await runAll(host, questions)) as Record<keyof typeof questions, Output>;
  const family = familyIn(facts.release.stdout);
  const paths = facts.signs.stdout.split("\n").filter((path) => path in signs) as (keyof typeof signs)[];
  const [cpus = 0, memory = 0, disk = 0] = facts.size.stdout.split("\n").map(Number);
  return {
    root: facts.user.stdout.trim() === "0",
    mark: markIn(facts.mark.stdout),
    marked: facts.mark.code === 0,
    address: facts.address.stdout.trim(),
    unsupported: "unsupported" in family ? family.unsupported : undefined,
    systemd: facts.systemd.code === 0,
    size: { cpus, memory, disk },
    processor: facts.processor.stdout.trim(),
    networks: pairsIn(facts.networks).map(([link, network]) => ({ link, network })),
    mounts: pairsIn(facts.mounts).map(([path, holds]) => ({ path, holds })),
    clusters: [
      ...paths.map((path) => `${signs[path]} (${path})`),
      ...facts.services.stdout
        .split("\n")
        .filter(Boolean)
        .map((unit) => `a running ${unit}.service`),
    ],
    identity: facts.identity.stdout.trim(),
  };
}

/** Lines of a word and the rest. */
const pairsIn = ({ stdout }: Output): [string, string][] =>
  stdout.split("\n").flatMap((line): [string, string][] => {
    const [, word, rest] = /^(\S+) (.+)$/.exec(line) ?? [];
    return word !== undefined && rest !== undefined ? [[word, rest]] : [];
  });
