import type { Files, Published } from "./deb.ts";
import { allProcessors } from "./elf.ts";
import { filesOf, indexFiles, type Package, publish, type RepositoryOptions, under } from "./publish.ts";
import { releaseFiles } from "./release.ts";

export interface KubernetesOptions extends RepositoryOptions {
  /** `1.36`: the directory that the files are in. */
  minor?: string;
  /** Versions of kubeadm, kubelet and kubectl, in the index's order. */
  releases?: readonly string[];
  criTools?: readonly string[];
  cni?: readonly string[];
}

/** FACTS.md, K3: revisions differ between the releases of a minor, and a release can have two. */
export const kubernetesReleases = ["1.36.1-1.1", "1.36.2-2.1", "1.36.3-1.1", "1.36.3-2.1"];

/** FACTS.md, K5. */
const plugins =
  "bandwidth bridge dhcp dummy firewall host-device host-local ipvlan loopback macvlan portmap ptp sbr static tap tuning vlan vrf";

const fields = (section: string, summary: string, depends?: string) => ({
  Maintainer: "Kubernetes Authors <dev@kubernetes.io>",
  ...(depends && { Depends: depends }),
  Section: section,
  Priority: "optional",
  Homepage: "https://kubernetes.io",
  Description: `${summary}\n ${summary}.`,
});

/** Sorted by name, as the index is: FACTS.md, K2. */
function packages(
  releases: readonly string[],
  criTools: readonly string[],
  cni: readonly string[],
): Package[] {
  return [
    {
      name: "cri-tools",
      versions: criTools,
      fields: fields("admin", "Command-line utility for interacting with a container runtime"),
      programs: { crictl: "usr/bin/crictl" },
      others: {},
    },
    {
      name: "kubeadm",
      versions: releases,
      fields: fields(
        "admin",
        "Command-line utility for administering a Kubernetes cluster",
        "cri-tools (>= 1.30.0)",
      ),
      programs: { kubeadm: "usr/bin/kubeadm" },
      others: { "usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": "[Service]\n" },
    },
    {
      name: "kubectl",
      versions: releases,
      fields: fields("admin", "Command-line utility for interacting with a Kubernetes cluster"),
      programs: { kubectl: "usr/bin/kubectl" },
      others: {},
    },
    {
      name: "kubelet",
      versions: releases,
      fields: fields("admin", "Node agent for Kubernetes clusters", "kubernetes-cni (>= 1.2.0)"),
      programs: { kubelet: "usr/bin/kubelet" },
      others: { "usr/lib/systemd/system/kubelet.service": "[Unit]\nDescription=kubelet\n" },
    },
    {
      name: "kubernetes-cni",
      versions: cni,
      fields: fields("net", "Binaries required to provision kubernetes container networking"),
      programs: Object.fromEntries(plugins.split(" ").map((name) => [name, `opt/cni/bin/${name}`])),
      others: {
        "opt/cni/bin/LICENSE": "Apache License\n",
        "opt/cni/bin/README.md": "# Plugins\n",
        "etc/cni/net.d/.kubernetes-cni-keep": "",
      },
    },
  ];
}

/**
 * pkgs.k8s.io: one flat repository a minor, for all processors. Paths begin with `/core:/stable:/v1.36/deb/`.
 * FACTS.md, K1 to K6.
 */
export async function kubernetesRepository(options: KubernetesOptions = {}): Promise<Files> {
  const { minor = "1.36", releases = kubernetesReleases, processors = allProcessors, key } = options;
  const { criTools = [`${minor}.0-1.1`], cni = ["1.8.0-1.1", "1.9.1-1.1"] } = options;
  const published: Published[] = [];
  for (const one of packages(releases, criTools, cni)) {
    for (const version of one.versions) {
      const built = processors.map((processor) => {
        const filename = `${processor}/${one.name}_${version}_${processor}.deb`;
        return publish(one, { version, processor, filename }, options);
      });
      published.push(...(await Promise.all(built)));
    }
  }
  const indexes = indexFiles("", published);
  const label = `isv:kubernetes:core:stable:v${minor}`;
  const release = {
    Archive: "deb",
    Codename: "deb",
    Origin: `obs://build.opensuse.org/${label}/deb`,
    Label: label,
    Architectures: processors.join(" "),
    Date: new Date().toUTCString(),
    Description: `${label} (deb)`,
  };
  return under(
    `/core:/stable:/v${minor}/deb`,
    indexes,
    await releaseFiles(release, indexes, key),
    filesOf(published),
    key ? [["Release.key", Buffer.from(key.armored)]] : [],
  );
}
