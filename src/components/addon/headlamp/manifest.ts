import type { KubeObject } from "../../../kubernetes/objects.ts";
import { isObject, type Probe, quicken, type Variable } from "../../release-manifest.ts";
import { headlampImage } from "./release.ts";

interface Container {
  image?: string;
  env?: Variable[];
  readinessProbe?: Probe;
  startupProbe?: Probe;
}

interface ManifestObject extends KubeObject {
  spec?: { replicas?: number; template?: { spec?: { containers?: Container[] } } };
}

/**
 * The release's manifest with the release's image. Its Secret is for a ServiceAccount that the manifest does not create;
 * people sign in with a token of an account that they choose. Its variables send traces to a collector, which a lab does not have.
 */
export const adapted = (documents: readonly unknown[]): KubeObject[] =>
  documents
    .filter(isObject<ManifestObject>)
    .filter(({ kind }) => kind !== "Secret")
    .map((object) => (object.kind === "Deployment" ? changed(object) : object));

function changed({ spec, ...object }: ManifestObject): KubeObject {
  const pod = spec?.template?.spec;
  const containers = (pod?.containers ?? []).map(({ env: _, ...container }) => {
    const one: Container = { ...container, image: headlampImage };
    quicken(one);
    return one;
  });
  const template = { ...spec?.template, spec: { ...pod, containers } };
  return { ...object, spec: { ...spec, replicas: 1, template } };
}
