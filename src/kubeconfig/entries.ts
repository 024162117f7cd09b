import { type Fields, type Item, isFields, itemNamed, itemsOf } from "./document.ts";

/** What a kubeconfig contains about a lab. Data are in base64, as in kubeconfig files. */
export interface KubeContext {
  /** The lab's name, and the context's. */
  name: string;
  /** The URL of the API server. */
  server: string;
  /** The proxy through which the server is asked, if it is not reached directly. */
  proxyUrl?: string;
  caData: string;
  clientCertData: string;
  clientKeyData: string;
}

/** What our context entry records about the file, for its removal. */
export interface Memory {
  /** The text after `current-context:`, as written; null if there was no such line. */
  previousContext: string | null;
  /** For top-level keys: the text there instead of a list, as written, or `absent`. */
  before: { [key: string]: string };
}

/** Our cluster's and our user's entry. */
export const entryName = (lab: string): string => `labwright-${lab}`;

export const clusterItem = ({ name, server, caData, proxyUrl }: KubeContext): Item => ({
  name: entryName(name),
  cluster: {
    server,
    "certificate-authority-data": caData,
    ...(proxyUrl !== undefined && { "proxy-url": proxyUrl }),
  },
});

export const userItem = ({ name, clientCertData, clientKeyData }: KubeContext): Item => ({
  name: entryName(name),
  user: { "client-certificate-data": clientCertData, "client-key-data": clientKeyData },
});

/** Our context; additions of its owner (a namespace) are kept. */
export function contextItem(name: string, memory: Memory, old?: Item): Item {
  const fields = fieldsIn(old, "context");
  const { previousContext, before } = memory;
  const ours = {
    name: extensionName,
    extension: Object.keys(before).length > 0 ? { previousContext, before } : { previousContext },
  };
  const others = extensionsOf(old).filter((extension) => extension.name !== extensionName);
  const entry = entryName(name);
  return {
    ...old,
    name: old?.name ?? name,
    context: { ...fields, cluster: entry, user: entry, extensions: [...others, ours] },
  };
}

/** `extensions` is a field of kubeconfig's Context for other programs' data; kubectl does not change it. */
const extensionName = "labwright";

function extensionsOf(item: Item | undefined): Fields[] {
  const list = fieldsIn(item, "context").extensions;
  return Array.isArray(list) ? list.filter(isFields) : [];
}

export function memoryOf(item: Item): Memory | undefined {
  const extension = extensionsOf(item).find((one) => one.name === extensionName)?.extension;
  if (!isFields(extension)) return undefined;
  const { previousContext, before } = extension;
  const notes = isFields(before) ? Object.entries(before) : [];
  return {
    previousContext: typeof previousContext === "string" ? previousContext : null,
    before: Object.fromEntries(notes.filter((note): note is [string, string] => typeof note[1] === "string")),
  };
}

/** The lab whose cluster a context names, as whose user: also after someone has renamed the context, as kubectx does. */
export function labOf(context: Item): string | undefined {
  const { cluster, user } = fieldsIn(context, "context");
  if (typeof cluster !== "string" || user !== cluster || !cluster.startsWith(entryName(""))) return undefined;
  return cluster.slice(entryName("").length);
}

/** All contexts of one lab; ours first, then copies that someone has made of it. */
export function contextsOf(root: Fields, lab: string): Item[] {
  const mine = itemsOf(root, "contexts").filter((item) => labOf(item) === lab);
  const rank = (item: Item): number => (item.name === lab ? 0 : memoryOf(item) ? 1 : 2);
  return mine.sort((one, other) => rank(one) - rank(other));
}

/** The values of a context's cluster and user in a kubeconfig; undefined if something is missing. */
export function entryOf(root: Fields, name: string): KubeContext | undefined {
  const context = itemNamed(root, "contexts", name);
  const { cluster, user } = fieldsIn(context, "context");
  if (typeof cluster !== "string" || typeof user !== "string") return undefined;
  const {
    server,
    "certificate-authority-data": caData,
    "proxy-url": proxyUrl,
  } = fieldsIn(itemNamed(root, "clusters", cluster), "cluster");
  const credentials = fieldsIn(itemNamed(root, "users", user), "user");
  const { "client-certificate-data": clientCertData, "client-key-data": clientKeyData } = credentials;
  const values = [server, caData, clientCertData, clientKeyData];
  if (!values.every((value) => typeof value === "string")) return undefined;
  const [a = "", b = "", c = "", d = ""] = values;
  return {
    name,
    server: a,
    caData: b,
    clientCertData: c,
    clientKeyData: d,
    ...(typeof proxyUrl === "string" && { proxyUrl }),
  };
}

/** The contexts of all labs. */
export const ourContexts = (root: Fields): Item[] =>
  itemsOf(root, "contexts").filter((item) => labOf(item) !== undefined);

function fieldsIn(item: Item | undefined, key: string): Fields {
  const fields = item?.[key];
  return isFields(fields) ? fields : {};
}
