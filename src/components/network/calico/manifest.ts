import { LabwrightError } from "../../../errors.ts";
import { apiPort } from "../../../lab/ports.ts";
import { readAllYaml, writeAllYaml } from "../../../lab/yaml.ts";
import {
  isObject,
  type Probe,
  quicken,
  setVariables,
  type Variable,
  variables,
} from "../../release-manifest.ts";
import type { NetworkSettings } from "../pod-network.ts";

interface Container {
  name: string;
  env?: Variable[];
  envFrom?: { configMapRef: { name: string; optional: boolean } }[];
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  lifecycle?: Record<string, unknown>;
}

interface ManifestObject {
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  spec?: { template?: { spec?: { containers?: Container[]; initContainers?: Container[] } } };
}

/**
 * Calico's release manifest (calico-typha.yaml) as a lab wants it: VXLAN without BGP, which every kernel and every
 * cloud carries; the node's address taken from the kubelet's, which cannot be the wrong interface; and each
 * container Ready as soon as it is.
 */
export function adapted(manifest: string, settings: NetworkSettings): string {
  const objects = readAllYaml(manifest)
    .filter(isObject<ManifestObject>)
    .filter((object) => settings.own.typha || !object.metadata.name.startsWith("calico-typha"))
    .map((object) => change(object, settings));
  return writeAllYaml([endpoint(settings), ...objects]);
}

/** The release's node and Typha read this ConfigMap if it exists; kube-controllers is made to read it too. */
const endpointName = "kubernetes-services-endpoint";

const endpoint = ({ apiServer }: NetworkSettings): ManifestObject & { apiVersion: string } => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: endpointName, namespace: "kube-system" },
  data: { KUBERNETES_SERVICE_HOST: apiServer, KUBERNETES_SERVICE_PORT: `${apiPort}` },
});

function change(object: ManifestObject, settings: NetworkSettings): ManifestObject {
  if (object.kind === "ConfigMap" && object.metadata.name === "calico-config") {
    const typha = settings.own.typha ? "calico-typha" : "none";
    const configuration = object.data?.cni_network_config ?? "";
    return {
      ...object,
      data: {
        ...object.data,
        calico_backend: "vxlan",
        typha_service_name: typha,
        ...(settings.podSubnet6 !== undefined && { cni_network_config: withBothFamilies(configuration) }),
      },
    };
  }
  const pod = object.spec?.template?.spec ?? {};
  const { containers = [], initContainers = [] } = pod;
  for (const container of containers) {
    container.envFrom = [{ configMapRef: { name: endpointName, optional: true } }];
    if (container.name === "calico-node") configureNode(container, settings);
    quicken(container);
  }
  for (const container of initContainers) {
    if (container.name === "install-cni") setVariables(container, variables({ CNI_CONF_NAME: waiting }));
  }
  // It moves addresses over from host-local's IPAM, which no cluster of a lab has ever had.
  if (pod.initContainers) pod.initContainers = initContainers.filter(({ name }) => name !== "upgrade-ipam");
  return object;
}

/** The installer fills the text in, which is JSON only then. */
function withBothFamilies(configuration: string): string {
  const changed = configuration.replace(
    /"type": *"calico-ipam"/,
    '"type": "calico-ipam", "assign_ipv4": "true", "assign_ipv6": "true"',
  );
  if (changed !== configuration) return changed;
  throw new LabwrightError({
    code: "manifest-unknown",
    message: "Calico's manifest does not configure calico-ipam, which gives pods their addresses",
    remedy: "Write `ipFamilies: [IPv4]` into the lab file, or use the network plugin flannel.",
  });
}

/** Where the installer leaves the CNI configuration; no runtime reads a file of this name. */
const waiting = "calico-waiting";

/**
 * The CNI configuration says that a node is ready for pods. One that comes before Felix runs lets pods be started that
 * fail, and that the kubelet tries again only after ten seconds and more. The shell itself asks Felix, because
 * `calico-node -felix-ready` starts a program of 100 MB for each question, while the node has the most to do.
 * Calico's own image has few other programs: `ln` and `rm` are among them, `mv` is not.
 */
const showConfiguration = `
ready() {
  exec 3<>/dev/tcp/localhost/9099 && printf 'GET /readiness HTTP/1.0\\r\\n\\r\\n' >&3 &&
    read -r _ code _ <&3 && [[ $code == 2* ]]
}
for ((n = 0; n < 300; n++)); do (ready) 2>/dev/null && break; sleep 0.2; done
cd /host/etc/cni/net.d || exit
[[ ! -e ${waiting} ]] || { ln -f ${waiting} 10-calico.conflist && rm -f ${waiting}; }`;

/** The programs that the hook calls by name; the image has to have them. */
export const hookPrograms = ["ln", "rm", "sleep"];

function configureNode(container: Container, { podSubnet, podSubnet6 }: NetworkSettings): void {
  setVariables(
    container,
    variables({
      CALICO_IPV4POOL_CIDR: podSubnet,
      CALICO_IPV4POOL_IPIP: "Never",
      CALICO_IPV4POOL_VXLAN: "Always",
      CLUSTER_TYPE: "k8s",
      IP_AUTODETECTION_METHOD: "kubernetes-internal-ip",
      ...(podSubnet6 !== undefined && {
        CALICO_IPV6POOL_CIDR: podSubnet6,
        CALICO_IPV6POOL_VXLAN: "Always",
        CALICO_IPV6POOL_NAT_OUTGOING: "true",
        FELIX_IPV6SUPPORT: "true",
        IP6: "autodetect",
        IP6_AUTODETECTION_METHOD: "kubernetes-internal-ip",
      }),
    }),
  );
  container.lifecycle = {
    ...container.lifecycle,
    postStart: { exec: { command: ["/bin/bash", "-c", showConfiguration] } },
  };
  // The release's probes start calico-node for each question, and ask for BIRD, which is not there.
  container.livenessProbe = { ...timing(container.livenessProbe), httpGet: felix("/liveness") };
  container.readinessProbe = { ...timing(container.readinessProbe), httpGet: felix("/readiness") };
}

const felix = (path: string) => ({ host: "localhost", path, port: 9099 });

const timing = ({ exec: _, ...timing }: Probe = {}): Probe => timing;
