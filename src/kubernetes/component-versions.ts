import { type CheckContext, type Facts, onMachine } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { controlPlaneOf, isControlPlane } from "../lab/roles.ts";
import type { Lab } from "../lab/types.ts";
import { readYaml } from "../lab/yaml.ts";
import { versionIn, versionOf } from "../linux/programs.ts";
import { releasesOf } from "../versions.ts";
import { imagesRecord, kubernetesImages, recordHeading } from "./images.ts";
import { ask, askNodes, jsonOf, kubeletConf, type List } from "./kubectl.ts";
import { nodeProgram } from "./node-programs.ts";

/** Component → version: `kubelet` → `1.36.3`, `etcd` → `3.6.8-0`. */
export type ComponentVersions = ReadonlyMap<string, string>;

export const runningKubelet = "running kubelet";

/** What kubeadm upgrades besides programs: the cluster's own record of its version, and the addons. */
interface ClusterPart {
  metadata: { name: string };
  data?: { ClusterConfiguration?: string };
  spec?: { template?: { spec?: { containers?: { image: string }[] } } };
}

interface NodeInfo {
  metadata: { name: string };
  status?: { nodeInfo?: { kubeletVersion: string } };
}

/** Read-only commands whose output `presentVersions` and `wantedVersions` read. */
export const versionProbes = ({ lab }: Pick<CheckContext, "lab">) => ({
  joined: sh`test -e ${kubeletConf}`,
  kubeadm: sh`${nodeProgram("kubeadm")} version -o short`,
  kubelet: versionOf(nodeProgram("kubelet")),
  kubectl: sh`${nodeProgram("kubectl")} version --client`,
  images: sh`cat ${imagesRecord(kubernetesImages)}`,
  "static pods": sh`grep -hoE ${"image: [^ ]+"} /etc/kubernetes/manifests/*.yaml`,
  nodes: onMachine(controlPlaneOf(lab), askNodes),
  cluster: onMachine(
    controlPlaneOf(lab),
    ask(
      sh`-n kube-system get --ignore-not-found configmap/kubeadm-config daemonset/kube-proxy deployment/coredns -o json`,
    ),
  ),
});

export type VersionFacts = Facts<keyof ReturnType<typeof versionProbes>>;

/**
 * The versions on a machine; none if it is not a node. The cluster's record belongs to the first control plane, and the addons
 * to the last one: `kubeadm upgrade` changes the addons when all control planes have the new version.
 */
export function presentVersions(
  facts: VersionFacts,
  { lab, machine }: Pick<CheckContext, "lab" | "machine">,
): ComponentVersions {
  if (facts.joined.code !== 0) return new Map();
  const node = jsonOf<List<NodeInfo>>(facts.nodes)?.items.find(
    ({ metadata }) => metadata.name === machine.name,
  );
  const parts = jsonOf<List<ClusterPart>>(facts.cluster)?.items ?? [];
  const controlPlanes = lab.machines.filter(isControlPlane);
  return new Map(
    [
      ...(["kubeadm", "kubelet", "kubectl"] as const).map((name) => [name, versionIn(facts[name])] as const),
      [runningKubelet, bare(node?.status?.nodeInfo?.kubeletVersion)] as const,
      ...imagesIn(facts["static pods"].stdout.replaceAll("image: ", "")),
      ...(controlPlanes[0]?.name === machine.name ? parts.flatMap(configuredVersion) : []),
      ...(controlPlanes.at(-1)?.name === machine.name ? parts.flatMap(addonVersion) : []),
    ].filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The versions that the lab file asks for. The images are those that the new kubeadm has listed, or those of our table. */
export function wantedVersions(
  { images }: Pick<VersionFacts, "images">,
  { cluster }: Lab,
): ComponentVersions {
  const { kubernetes } = releasesOf(cluster.version);
  const [heading, ...listed] = images.stdout.split("\n");
  const names =
    heading === recordHeading(kubernetesImages, cluster.version)
      ? listed
      : kubernetesImages.names(cluster.version);
  const own = ["kubeadm", "kubelet", runningKubelet, "kubectl", "kubeadm-config"];
  return new Map([...own.map((name) => [name, kubernetes] as const), ...imagesIn(names.join("\n"))]);
}

/** `registry.k8s.io/coredns/coredns:v1.14.2`, a line each, as component and version. */
const imagesIn = (lines: string): [string, string][] =>
  lines.split("\n").flatMap((line): [string, string][] => {
    const [, name, tag] = /([^/]+):v?([^/:]+)$/.exec(line.trim()) ?? [];
    return name !== undefined && tag !== undefined ? [[name, tag]] : [];
  });

const bare = (version: string | undefined): string | undefined => version?.replace(/^v/, "");

function configuredVersion({ metadata, data }: ClusterPart): [string, string][] {
  if (data?.ClusterConfiguration === undefined) return [];
  const { value } = readYaml(data.ClusterConfiguration, metadata.name);
  const version =
    typeof value === "object" && value !== null && "kubernetesVersion" in value
      ? value.kubernetesVersion
      : undefined;
  return typeof version === "string" ? [[metadata.name, version.replace(/^v/, "")]] : [];
}

/** An addon that a person has deleted has no version, and kubeadm leaves it alone. */
const addonVersion = ({ spec }: ClusterPart): [string, string][] =>
  (spec?.template?.spec?.containers ?? []).flatMap(({ image }) => imagesIn(image)).slice(0, 1);
