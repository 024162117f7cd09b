import { createHash } from "node:crypto";
import { readAllYaml, writeAllYaml } from "../../../lab/yaml.ts";

/** What a lab decides of Hetzner Cloud's cloud-controller-manager. */
export interface Settings {
  /** The network that the lab's servers are on, by its name in the cloud. */
  network: string;
  /** Where load balancers are made. */
  location: string;
  podSubnet: string;
}

interface Container {
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: unknown }[];
}

interface ManifestObject {
  kind: string;
  spec?: {
    template?: { metadata?: { annotations?: Record<string, string> }; spec?: { containers?: Container[] } };
  };
}

const isObject = (value: unknown): value is ManifestObject =>
  typeof value === "object" && value !== null && "kind" in value;

/**
 * The release's manifest for private networks (deploy/ccm-networks.yaml) as a lab wants it. Pods reach each other through
 * Calico, so the cloud's network gets no routes for them; and load balancers reach the nodes at their private addresses,
 * which no firewall of the cloud's closes.
 * https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/reference/load_balancer_envs.md
 */
export function adapted(manifest: string, { location, podSubnet }: Settings, token: string): string {
  const variables = {
    HCLOUD_NETWORK_ROUTES_ENABLED: "false",
    HCLOUD_LOAD_BALANCERS_LOCATION: location,
    HCLOUD_LOAD_BALANCERS_USE_PRIVATE_IP: "true",
  };
  const objects = readAllYaml(manifest).filter(isObject);
  for (const { spec } of objects) {
    if (spec?.template === undefined) continue;
    // The controller reads its token when it starts: another one has to be another template.
    const annotations = { ...spec.template.metadata?.annotations, "labwright/token": digestOf(token) };
    spec.template.metadata = { ...spec.template.metadata, annotations };
  }
  for (const container of objects.flatMap(({ spec }) => spec?.template?.spec?.containers ?? [])) {
    container.args = (container.args ?? []).map((word) =>
      word.startsWith("--cluster-cidr=") ? `--cluster-cidr=${podSubnet}` : word,
    );
    const others = (container.env ?? []).filter(({ name }) => !Object.hasOwn(variables, name));
    container.env = [...others, ...Object.entries(variables).map(([name, value]) => ({ name, value }))];
  }
  return writeAllYaml(objects);
}

const digestOf = (token: string): string => createHash("sha256").update(token).digest("hex").slice(0, 12);

/** The Secret that the release's manifest reads the token and the network's name from. */
export const accessSecret = (token: string, network: string): string =>
  writeAllYaml([
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: secretName, namespace: "kube-system" },
      stringData: { token, network },
    },
  ]);

export const secretName = "hcloud";
