import type { KubeObject } from "../../../kubernetes/objects.ts";
import { ingressNodePort } from "../../../lab/ports.ts";
import { isObject, type Probe, quicken } from "../../release-manifest.ts";
import { skipperImage } from "./release.ts";

interface Container {
  image?: string;
  args?: string[];
  ports?: { hostPort?: number }[];
  resources?: object;
  readinessProbe?: Probe;
  startupProbe?: Probe;
}

interface PodSpec {
  containers?: Container[];
  hostNetwork?: boolean;
  dnsPolicy?: string;
  nodeSelector?: Record<string, string>;
}

interface ManifestObject extends KubeObject {
  spec?: { replicas?: number; ports?: object[]; template?: { spec?: PodSpec } };
}

const ingressClass = "skipper";

/**
 * The release's Deployment as a lab wants it: in the pod network, behind a port of every node, on any node, and with what a
 * small cluster has to give. An IngressClass is added, which is the default, so that an Ingress may name it or none.
 */
export const adapted = (documents: readonly unknown[]): KubeObject[] => [
  ...documents
    .filter(isObject<ManifestObject>)
    .filter(isServed)
    .map(change),
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: {
      name: ingressClass,
      annotations: { "ingressclass.kubernetes.io/is-default-class": "true" },
    },
    spec: { controller: "zalando.org/skipper" },
  },
];

/** PodSecurityPolicies ended with Kubernetes 1.25; what belongs to the release's is named after it. */
const isServed = ({ kind, metadata }: ManifestObject): boolean =>
  kind !== "PodSecurityPolicy" && !metadata.name.endsWith("hostnetwork-psp");

function change(object: ManifestObject): KubeObject {
  const { kind, spec } = object;
  if (kind === "Service") {
    const ports = (spec?.ports ?? []).map((port) => ({ ...port, nodePort: ingressNodePort }));
    return { ...object, spec: { ...spec, type: "NodePort", ports } };
  }
  if (kind !== "Deployment") return object;
  const { hostNetwork: _, dnsPolicy: __, nodeSelector: ___, ...pod } = spec?.template?.spec ?? {};
  const template = {
    ...spec?.template,
    spec: {
      ...pod,
      nodeSelector: { "kubernetes.io/os": "linux" },
      containers: (pod.containers ?? []).map(changedContainer),
    },
  };
  return { ...object, spec: { ...spec, replicas: 1, template } };
}

function changedContainer({ ports = [], args = [], ...container }: Container): Container {
  const changed: Container = {
    ...container,
    image: skipperImage,
    // Without a class it would serve the Ingresses of other controllers; Endpoints are deprecated.
    args: [...args, `-kubernetes-ingress-class=^${ingressClass}$`, "-enable-kubernetes-endpointslices"],
    ports: ports.map(({ hostPort: _, ...port }) => port),
    resources: { requests: { cpu: "50m", memory: "64Mi" } },
  };
  quicken(changed);
  return changed;
}
