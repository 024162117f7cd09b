import { isDeepStrictEqual } from "node:util";
import { LabwrightError, messageOf } from "../errors.ts";
import { readYaml } from "../lab/yaml.ts";
import { type Fields, type Item, itemNamed, itemsOf, readDocument, sections } from "./document.ts";
import { begin, dropItem, dropKey, isBegun, putItem, scalarFor, setValue, writtenAt } from "./edit.ts";
import {
  clusterItem,
  contextItem,
  contextsOf,
  entryName,
  entryOf,
  type KubeContext,
  labOf,
  type Memory,
  memoryOf,
  ourContexts,
  userItem,
} from "./entries.ts";

export type { KubeContext } from "./entries.ts";

const current = "current-context";
const absent = "absent";

/**
 * Adds a lab's context to a kubeconfig's text, or renews it, and makes it the current one. All else stays as it
 * is, to the byte, unless aliases tie it to what changes.
 * The same entry a second time gives the same text. Throws a LabwrightError `context-taken` if a context of
 * that name belongs to someone else, and FileProblems if the text is not YAML.
 */
export function addContext(text: string, entry: KubeContext): string {
  return withoutMark(text, (plain) => {
    const root = readDocument(plain);
    const [old] = contextsOf(root, entry.name);
    if (!old && itemNamed(root, "contexts", entry.name)) throw contextTaken(entry.name);
    const name = old?.name ?? entry.name;
    const isCurrent = root[current] === name;
    if (old && isCurrent && isDeepStrictEqual(entryOf(root, name), { ...entry, name })) return plain;

    const known = old && memoryOf(old);
    const seen = memoryFor(plain);
    const memory: Memory = {
      previousContext: known && isCurrent ? known.previousContext : seen.previousContext,
      before: known?.before ?? seen.before,
    };
    const context = contextItem(entry.name, memory, old);
    if (!isBegun(plain)) return begin(plain, newKubeconfig(entry, context));
    const listed = putItem(putItem(plain, "clusters", clusterItem(entry)), "users", userItem(entry));
    return setValue(putItem(listed, "contexts", context), current, scalarFor(listed, name));
  });
}

const newKubeconfig = (entry: KubeContext, context: Item): Fields => ({
  ...{ apiVersion: "v1", kind: "Config" },
  ...{ clusters: [clusterItem(entry)], contexts: [context], users: [userItem(entry)] },
  [current]: entry.name,
});

function memoryFor(text: string): Memory {
  const root = readDocument(text);
  const isEmpty = Object.keys(root).length === 0;
  const kinds = isEmpty ? ["apiVersion", "kind"].map((key) => [key, absent]) : [];
  const lists = sections.flatMap((section) => {
    if (!(section in root)) return [[section, absent]];
    const token = root[section] === null ? writtenAt(text, section) : undefined;
    return token === undefined ? [] : [[section, token]];
  });
  return {
    previousContext: current in root ? (writtenAt(text, current) ?? aliased(root[current])) : null,
    before: Object.fromEntries([...kinds, ...lists]),
  };
}

const aliased = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : "");

/**
 * Removes a lab's context from a kubeconfig's text, with its cluster and user, and makes the previous context current
 * again. If that was another lab's, which is gone, its own previous context is used. After `addContext` the bytes
 * are the original ones; "" means that the file is empty and can be removed. A context of that name that is not ours stays.
 */
export function removeContext(text: string, name: string): string {
  return withoutMark(text, (plain) => {
    const root = readDocument(plain);
    const contexts = contextsOf(root, name);
    const [context] = contexts;
    if (!context && itemNamed(root, "contexts", name)) return plain;
    const memory = (context && memoryOf(context)) ?? { previousContext: '""', before: {} };
    const inherited = bequeath(plain, context?.name ?? name, memory);
    const isCurrent = contexts.some((one) => one.name === root[current]);
    const pointed = isCurrent ? restored(inherited, memory.previousContext) : inherited;
    const entry = entryName(name);
    const without = contexts.reduce((now, one) => dropItem(now, "contexts", one.name), pointed);
    const bare = dropItem(dropItem(without, "clusters", entry), "users", entry);
    return withoutEmpty(bare, memory.before);
  });
}

/** What we recorded about the original file is passed on to labs that were added after this one. */
function bequeath(text: string, name: string, memory: Memory): string {
  const root = readDocument(text);
  const gone = itemNamed(root, "contexts", name);
  const heirs = ourContexts(root).filter(
    (item) => item.name !== name && !(gone && labOf(item) === labOf(gone)),
  );
  return heirs.reduce((now, heir, index) => {
    const own = memoryOf(heir);
    if (!own) return now;
    const next: Memory = {
      previousContext: valueIn(own.previousContext) === name ? memory.previousContext : own.previousContext,
      before: index === 0 ? { ...memory.before, ...own.before } : own.before,
    };
    return isDeepStrictEqual(own, next)
      ? now
      : putItem(now, "contexts", contextItem(labOf(heir) ?? heir.name, next, heir));
  }, text);
}

function restored(text: string, previous: string | null): string {
  if (previous === null) return dropKey(text, current);
  return setValue(text, current, previous);
}

const valueIn = (token: string | null): unknown =>
  token ? readYaml(token, "the previous context").value : undefined;

/** Lists that we created and that are empty again get their original text; a file that only we had filled becomes "". */
function withoutEmpty(text: string, before: Memory["before"]): string {
  const lists = sections.reduce((now, section) => {
    const note = before[section];
    const root = readDocument(now);
    if (note === undefined || itemsOf(root, section).length > 0) return now;
    return note === absent ? dropKey(now, section) : setValue(now, section, note);
  }, text);
  const root = readDocument(lists);
  if (before.kind !== absent || !isSkeleton(root)) return lists;
  return ["apiVersion", "kind", "preferences", current].reduce(dropKey, lists);
}

/** Whether there is only what every kubeconfig has: kubectl writes empty preferences into each. */
function isSkeleton({ apiVersion, kind, preferences, ...rest }: Fields): boolean {
  const { [current]: pointer = "", ...others } = rest;
  return pointer === "" && Object.keys(others).length === 0 && Object.keys(preferences ?? {}).length === 0;
}

/** The context's values in the text, for comparison; undefined if it has none, a part is missing, or it is not YAML. */
export function contextOf(text: string, name: string): KubeContext | undefined {
  try {
    const root = readDocument(text);
    const [context] = contextsOf(root, name);
    const entry = context && entryOf(root, context.name);
    return entry && { ...entry, name };
  } catch {
    return undefined;
  }
}

/** Why a text is not a kubeconfig, in one line; undefined if it is one. */
export function kubeconfigProblem(text: string, path: string): string | undefined {
  try {
    readDocument(text, path);
    return undefined;
  } catch (error) {
    return messageOf(error).split("\n")[0];
  }
}

/** A lab's entry from the admin.conf that kubeadm wrote, with `place` as the server's address for this computer. */
export function fromAdminConf(
  text: string,
  name: string,
  place: Pick<KubeContext, "server" | "proxyUrl">,
): KubeContext {
  const root = readDocument(text, "admin.conf");
  const admin = typeof root[current] === "string" ? entryOf(root, root[current]) : undefined;
  if (!admin) throw adminConfIncomplete(name);
  return { ...admin, name, ...place };
}

/** A byte order mark stays where it is; positions do not count it. */
function withoutMark(text: string, change: (text: string) => string): string {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  return mark + change(text.slice(mark.length));
}

const contextTaken = (name: string): LabwrightError =>
  new LabwrightError({
    code: "context-taken",
    message: `the kubeconfig already has a context "${name}" that is not this lab's`,
    remedy: `Rename it (\`kubectl config rename-context ${name} …\`), or give the lab another name.`,
  });

const adminConfIncomplete = (lab: string): LabwrightError =>
  new LabwrightError({
    code: "admin-conf",
    message: `the admin.conf of ${lab} has no complete context: server, CA, client certificate and key`,
    remedy:
      "Look at /etc/kubernetes/admin.conf on the control plane; run `kubeadm init phase kubeconfig admin` there to write it again.",
  });
