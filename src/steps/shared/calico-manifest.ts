import { readAllYaml, writeAllYaml } from "../../lab/yaml.ts";

/** Counts up with each change of what is done to the manifest here, so that clusters made before are brought up to it. */
export const adaptation = "adaptation 3";

/** What a lab decides of Calico. */
export interface Settings {
  podSubnet: string;
  typha: boolean;
  /** The API server's own address, so that nothing waits for kube-proxy's rules for the service's address. */
  apiServer: string;
}

interface Variable {
  name: string;
  value?: string;
  valueFrom?: unknown;
}

interface Container {
  name: string;
  env?: Variable[];
  envFrom?: { configMapRef: { name: string; optional: boolean } }[];
  livenessProbe?: Probe;
  readinessProbe?: Probe;
}

interface Probe {
  exec?: object;
  httpGet?: object;
  periodSeconds?: number;
}

interface ManifestObject {
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  spec?: { template?: { spec?: { containers?: Container[] } } };
}

/**
 * Calico's release manifest (calico-typha.yaml) as a lab wants it: VXLAN without BGP, which every kernel and every
 * cloud carries; the node's address taken from the kubelet's, which cannot be the wrong interface; probes that a small
 * cluster can afford to run each second.
 */
export function adapted(manifest: string, settings: Settings): string {
  const objects = readAllYaml(manifest)
    .filter(isObject)
    .filter((object) => settings.typha || !object.metadata.name.startsWith("calico-typha"))
    .map((object) => change(object, settings));
  return writeAllYaml([endpoint(settings), ...objects]);
}

const isObject = (value: unknown): value is ManifestObject =>
  typeof value === "object" && value !== null && "kind" in value && "metadata" in value;

/** The release's node and Typha read this ConfigMap where it is there; kube-controllers is made to. */
const endpointName = "kubernetes-services-endpoint";

const endpoint = ({ apiServer }: Settings): ManifestObject & { apiVersion: string } => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: endpointName, namespace: "kube-system" },
  data: { KUBERNETES_SERVICE_HOST: apiServer, KUBERNETES_SERVICE_PORT: "6443" },
});

function change(object: ManifestObject, settings: Settings): ManifestObject {
  if (object.kind === "ConfigMap" && object.metadata.name === "calico-config") {
    const typha = settings.typha ? "calico-typha" : "none";
    return { ...object, data: { ...object.data, calico_backend: "vxlan", typha_service_name: typha } };
  }
  for (const container of object.spec?.template?.spec?.containers ?? []) {
    quicken(container);
    container.envFrom = [{ configMapRef: { name: endpointName, optional: true } }];
    if (container.name === "calico-node") configureNode(container, settings);
  }
  return object;
}

function configureNode(container: Container, { podSubnet }: Settings): void {
  const wanted: Record<string, string> = {
    CALICO_IPV4POOL_CIDR: podSubnet,
    CALICO_IPV4POOL_IPIP: "Never",
    CALICO_IPV4POOL_VXLAN: "Always",
    CLUSTER_TYPE: "k8s",
    IP_AUTODETECTION_METHOD: "kubernetes-internal-ip",
  };
  const others = (container.env ?? []).filter(({ name }) => !Object.hasOwn(wanted, name));
  container.env = [...others, ...Object.entries(wanted).map(([name, value]) => ({ name, value }))];
  // `calico-node -felix-ready` asks the same of Felix, but starts a program of 100 MB to do so, and BIRD is not there.
  container.livenessProbe = { ...timing(container.livenessProbe), httpGet: felix("/liveness") };
  container.readinessProbe = { ...timing(container.readinessProbe), httpGet: felix("/readiness") };
}

const felix = (path: string) => ({ host: "localhost", path, port: 9099 });

const timing = ({ exec: _, ...timing }: Probe = {}): Probe => timing;

/** A readiness probe each ten seconds, as the release has it, makes a small cluster wait ten seconds for nothing. */
function quicken(container: Container): void {
  if (container.readinessProbe) container.readinessProbe.periodSeconds = 1;
}
