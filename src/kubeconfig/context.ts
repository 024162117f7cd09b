import { LabwrightError } from "../errors.ts";
import { readYaml, writeYaml } from "../lab/yaml.ts";

/** One context with its cluster and user, whose entries are named `labwright-<name>`. Data is base64, as kubeconfigs have it. */
export interface KubeContext {
  name: string;
  server: string;
  caData: string;
  clientCertData: string;
  clientKeyData: string;
}

interface Named {
  name: string;
  [key: string]: unknown;
}

interface Config {
  clusters?: Named[] | null;
  contexts?: Named[] | null;
  users?: Named[] | null;
  "current-context"?: string;
  [key: string]: unknown;
}

function parse(text: string): Config {
  const { value } = readYaml(text, "the kubeconfig");
  return typeof value === "object" && value !== null ? { ...value } : {};
}

const find = (list: Named[] | null | undefined, name: string): Record<string, Record<string, string>> | undefined =>
  list?.find((one) => one.name === name) as never;

export function contextOf(text: string, name: string): KubeContext | undefined {
  const config = parse(text);
  const own = `labwright-${name}`;
  const context = find(config.contexts, name)?.context;
  const cluster = find(config.clusters, own)?.cluster;
  const user = find(config.users, own)?.user;
  if (context?.cluster !== own || !cluster || !user) return undefined;
  return {
    name,
    server: cluster.server ?? "",
    caData: cluster["certificate-authority-data"] ?? "",
    clientCertData: user["client-certificate-data"] ?? "",
    clientKeyData: user["client-key-data"] ?? "",
  };
}

export function fromAdminConf(text: string, name: string, server: string): KubeContext {
  const config = parse(text);
  const cluster = (config.clusters?.[0]?.cluster ?? {}) as Record<string, string>;
  const user = (config.users?.[0]?.user ?? {}) as Record<string, string>;
  return {
    name,
    server,
    caData: cluster["certificate-authority-data"] ?? "",
    clientCertData: user["client-certificate-data"] ?? "",
    clientKeyData: user["client-key-data"] ?? "",
  };
}

export function addContext(text: string, entry: KubeContext): string {
  const config = parse(text);
  const own = `labwright-${entry.name}`;
  const taken = find(config.contexts, entry.name);
  if (taken && taken.context?.cluster !== own) {
    throw new LabwrightError({
      code: "context-taken",
      message: `the kubeconfig has a context ${entry.name} that is not labwright's`,
      remedy: "give the lab another name, or rename that context",
    });
  }
  const without = (list: Named[] | null | undefined, name: string) => (list ?? []).filter((one) => one.name !== name);
  return writeYaml({
    apiVersion: "v1",
    kind: "Config",
    ...config,
    clusters: [...without(config.clusters, own), { name: own, cluster: { "certificate-authority-data": entry.caData, server: entry.server } }],
    contexts: [...without(config.contexts, entry.name), { name: entry.name, context: { cluster: own, user: own } }],
    users: [...without(config.users, own), { name: own, user: { "client-certificate-data": entry.clientCertData, "client-key-data": entry.clientKeyData } }],
    "current-context": entry.name,
  });
}

export function removeContext(text: string, name: string): string {
  if (text.trim() === "" || !contextOf(text, name)) return text;
  const config = parse(text);
  const own = `labwright-${name}`;
  const contexts = (config.contexts ?? []).filter((one) => one.name !== name);
  if (contexts.length === 0) return "";
  return writeYaml({
    ...config,
    clusters: (config.clusters ?? []).filter((one) => one.name !== own),
    contexts,
    users: (config.users ?? []).filter((one) => one.name !== own),
    ...(config["current-context"] === name && { "current-context": contexts[0]?.name ?? "" }),
  });
}
