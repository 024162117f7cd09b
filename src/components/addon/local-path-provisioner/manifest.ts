import type { KubeObject } from "../../../kubernetes/objects.ts";
import { readYaml, writeYaml } from "../../../lab/yaml.ts";
import { isObject } from "../../release-manifest.ts";
import { localPathImage } from "./release.ts";

/** Where volumes are on nodes. A folder of labwright's own: in the release's, another cluster's volumes may be. */
export const volumesFolder = "/var/lib/labwright-local-path";

/** https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass */
export const isDefaultClass = "storageclass.kubernetes.io/is-default-class";

interface Pod {
  spec?: { containers?: { image?: string }[] };
}

interface ManifestObject extends KubeObject {
  data?: Record<string, string>;
  spec?: { template?: Pod };
}

/** The release's manifest with its StorageClass as the cluster's default, and one image for all its pods. */
export const adapted = (documents: readonly unknown[]): KubeObject[] =>
  documents.filter(isObject<ManifestObject>).map(change);

function change(object: ManifestObject): KubeObject {
  const { kind, metadata, spec } = object;
  switch (kind) {
    case "StorageClass":
      return { ...object, metadata: { ...metadata, annotations: { [isDefaultClass]: "true" } } };
    case "Deployment":
      return { ...object, spec: { ...spec, replicas: 1, template: withImage(spec?.template) } };
    case "ConfigMap":
      return { ...object, data: { ...object.data, ...configured(object.data) } };
    default:
      return object;
  }
}

const withImage = (pod: Pod = {}): Pod => ({
  ...pod,
  spec: {
    ...pod.spec,
    containers: (pod.spec?.containers ?? []).map((container) => ({ ...container, image: localPathImage })),
  },
});

/** The provisioner's configuration and the pod that makes and removes folders, which the ConfigMap has as texts. */
function configured(data: Record<string, string> = {}): Record<string, string> {
  const config = JSON.parse(data["config.json"] ?? "{}") as { nodePathMap?: object[] };
  const nodePathMap = (config.nodePathMap ?? []).map((entry) => ({ ...entry, paths: [volumesFolder] }));
  const helper = readYaml(data["helperPod.yaml"] ?? "", "helperPod.yaml").value as Pod;
  return {
    "config.json": JSON.stringify({ ...config, nodePathMap }),
    "helperPod.yaml": writeYaml(withImage(helper)),
  };
}
