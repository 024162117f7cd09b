import type { KubeObject } from "../../kubernetes/objects.ts";
import { placeOfObject } from "../../kubernetes/objects.ts";
import type { AddonName } from "../../lab/available.ts";
import type { Addon } from "./addon.ts";

/** On every object that labwright applies for an addon: the addon's name. What lacks it is somebody else's. */
export const addonLabel = "labwright/addon";

/** The kinds of objects that addons have, as kubectl names them. */
export const addonKinds = [
  ...["namespaces", "serviceaccounts", "configmaps", "services", "deployments.apps"],
  ...["roles", "rolebindings", "clusterroles", "clusterrolebindings"].map(
    (kind) => `${kind}.rbac.authorization.k8s.io`,
  ),
  "apiservices.apiregistration.k8s.io",
  "storageclasses.storage.k8s.io",
  "ingressclasses.networking.k8s.io",
];

/** An addon's objects, adapted and marked as labwright's. */
export const markedObjects = (name: AddonName, addon: Addon, documents: readonly unknown[]): KubeObject[] =>
  addon.adapt(documents).map((object) => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...labelsOf(object), [addonLabel]: name } },
  }));

export const labelsOf = ({ metadata }: KubeObject): Record<string, string> =>
  (metadata.labels ?? {}) as Record<string, string>;

/** Whether an object is one that labwright applied for that addon. */
export const isOf = (name: string, object: KubeObject): boolean => labelsOf(object)[addonLabel] === name;

/** An object's name among all of a cluster: `deployment/kube-system/metrics-server`. */
export const placeOf = (object: KubeObject): string => {
  const { kind, name } = placeOfObject(object);
  return kind === "namespace" ? `${kind}/${name}` : name;
};
