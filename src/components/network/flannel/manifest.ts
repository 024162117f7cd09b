import { apiPort } from "../../../lab/ports.ts";
import { readAllYaml, writeAllYaml } from "../../../lab/yaml.ts";
import { isObject, setVariables, type Variable, variables } from "../../release-manifest.ts";
import type { NetworkSettings } from "../pod-network.ts";
import { flannelAgent, flannelBridge } from "./release.ts";

/** CNI's configuration, whose first plugin is Flannel's. */
interface CniConfiguration {
  plugins: { delegate?: object }[];
}

interface ManifestObject {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec?: {
    template?: {
      metadata?: { labels?: Record<string, string> };
      spec?: { containers?: { args?: string[]; env?: Variable[] }[] };
    };
  };
}

/** Flannel's release manifest (kube-flannel.yml) with the lab's pod network and backend, and the API server's own address. */
export function adapted(manifest: string, settings: NetworkSettings): string {
  return writeAllYaml(
    readAllYaml(manifest).map((object) =>
      isObject<ManifestObject>(object) ? change(object, settings) : object,
    ),
  );
}

function change(
  object: ManifestObject,
  { podSubnet, podSubnet6, own, apiServer }: NetworkSettings,
): ManifestObject {
  if (object.kind === "ConfigMap") {
    // https://github.com/flannel-io/flannel/blob/v0.28.4/Documentation/configuration.md
    const network = {
      Network: podSubnet,
      ...(podSubnet6 !== undefined && { EnableIPv6: true, IPv6Network: podSubnet6 }),
      EnableNFTables: false,
      Backend: { Type: own.backend },
    };
    const cni = withBridge(object.data?.["cni-conf.json"] ?? "");
    return {
      ...object,
      data: { ...object.data, "cni-conf.json": cni, "net-conf.json": JSON.stringify(network) },
    };
  }
  const { template } = object.spec ?? {};
  if (object.kind !== "DaemonSet" || !template) return object;
  template.metadata = {
    ...template.metadata,
    labels: { ...template.metadata?.labels, "k8s-app": flannelAgent },
  };
  for (const container of template.spec?.containers ?? []) {
    // The node's address in the lab. Flannel's own choice is the interface of the default route, which may be another.
    container.args = [...(container.args ?? []), "--iface=$(HOST_ADDRESS)"];
    setVariables(container, [
      { name: "HOST_ADDRESS", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
      ...variables({ KUBERNETES_SERVICE_HOST: apiServer, KUBERNETES_SERVICE_PORT: `${apiPort}` }),
    ]);
  }
  return object;
}

/** With a name for the bridge that is Flannel's alone: others call theirs cni0 too, and a node is cleared by names. */
function withBridge(configuration: string): string {
  const { plugins, ...rest }: CniConfiguration = JSON.parse(configuration);
  const [flannel, ...others] = plugins;
  const delegate = { ...flannel?.delegate, bridge: flannelBridge };
  return JSON.stringify({ ...rest, plugins: [{ ...flannel, delegate }, ...others] });
}
