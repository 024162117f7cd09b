import type { KubeObject } from "../../../kubernetes/objects.ts";
import { isObject, type Probe, quicken } from "../../release-manifest.ts";
import { metricsServerImage } from "./release.ts";

interface Container {
  image?: string;
  args?: string[];
  readinessProbe?: Probe;
  startupProbe?: Probe;
}

interface ManifestObject extends KubeObject {
  spec?: {
    replicas?: number;
    selector?: object;
    template?: { metadata?: object; spec?: { containers?: Container[] } };
  };
}

/** What the release's kustomization.yaml adds to each object and selector. */
const label = { "k8s-app": "metrics-server" };

/**
 * The release's base with the release's image, as its own kustomization makes a manifest of it. metrics-server does not verify
 * the kubelets' certificates: each kubelet signs its own. Certificates of the cluster's authority (serverTLSBootstrap) need
 * somebody who approves each node's request, and again each time it is renewed; approved by a program without a look at
 * the names in them, they would prove nothing more. https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs
 */
export const adapted = (documents: readonly unknown[]): KubeObject[] =>
  documents.filter(isObject<ManifestObject>).map(change);

function change(object: ManifestObject): KubeObject {
  const { kind, spec } = object;
  const metadata = { ...object.metadata, labels: label };
  if (kind === "Service") return { ...object, metadata, spec: { ...spec, selector: label } };
  if (kind !== "Deployment") return { ...object, metadata };
  const pod = spec?.template?.spec;
  const containers = (pod?.containers ?? []).map((container) => {
    const changed: Container = {
      ...container,
      image: metricsServerImage,
      args: [...(container.args ?? []), "--kubelet-insecure-tls"],
    };
    quicken(changed);
    return changed;
  });
  const template = { ...spec?.template, metadata: { labels: label }, spec: { ...pod, containers } };
  return { ...object, metadata, spec: { ...spec, replicas: 1, selector: { matchLabels: label }, template } };
}
