import { readAllYaml, writeAllYaml } from "../../../lab/yaml.ts";
import type { NetworkSettings } from "../pod-network.ts";
import { flannelAgent } from "./release.ts";

interface ManifestObject {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec?: {
    template?: {
      metadata?: { labels?: Record<string, string> };
      spec?: { containers?: { env?: { name: string; value?: string }[] }[] };
    };
  };
}

/** Flannel's release manifest (kube-flannel.yml) with the lab's pod network and backend, and the API server's own address. */
export function adapted(manifest: string, settings: NetworkSettings): string {
  return writeAllYaml(
    readAllYaml(manifest).map((object) => (isObject(object) ? change(object, settings) : object)),
  );
}

const isObject = (value: unknown): value is ManifestObject =>
  typeof value === "object" && value !== null && "kind" in value && "metadata" in value;

function change(object: ManifestObject, { podSubnet, own, apiServer }: NetworkSettings): ManifestObject {
  if (object.kind === "ConfigMap") {
    // https://github.com/flannel-io/flannel/blob/v0.28.4/Documentation/configuration.md
    const network = { Network: podSubnet, EnableNFTables: false, Backend: { Type: own.backend } };
    return { ...object, data: { ...object.data, "net-conf.json": JSON.stringify(network) } };
  }
  const { template } = object.spec ?? {};
  if (object.kind !== "DaemonSet" || !template) return object;
  template.metadata = {
    ...template.metadata,
    labels: { ...template.metadata?.labels, "k8s-app": flannelAgent },
  };
  for (const container of template.spec?.containers ?? [])
    container.env = [
      ...(container.env ?? []),
      { name: "KUBERNETES_SERVICE_HOST", value: apiServer },
      { name: "KUBERNETES_SERVICE_PORT", value: "6443" },
    ];
  return object;
}
