import { createHash } from "node:crypto";
import { ofAddons } from "../components/addon/addons.ts";
import { ofNetworks } from "../components/network/networks.ts";
import { type Command, lines, sh } from "../hosts/sh.ts";
import { adminConf, kubectl } from "../kubernetes/kubectl.ts";
import { structuralKey } from "../structure.ts";
import { type FoundItem, isOfCluster, type Kept, type Recorder } from "./types.ts";

/**
 * Kinds that appear, disappear and change by themselves, and those that only repeat others. A pod network's
 * bookkeeping follows the pods and nodes.
 */
const leftOut = [
  "events",
  "events.events.k8s.io",
  "leases.coordination.k8s.io",
  "endpoints",
  "endpointslices.discovery.k8s.io",
  "componentstatuses",
  "certificatesigningrequests.certificates.k8s.io",
  "controllerrevisions.apps",
  "csinodes.storage.k8s.io",
  "flowschemas.flowcontrol.apiserver.k8s.io",
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
  "ipaddresses.networking.k8s.io",
  ...ofNetworks(({ bookkeeping }) => bookkeeping.kinds),
  ...ofAddons(({ bookkeeping }) => bookkeeping),
];

/**
 * After a line for each kind that is left out come the lines of api-resources: name, perhaps short names, version, whether it has
 * namespaces, kind. For each other kind, its name with its version, `deployments.v1.apps` or `pods.v1.`: kubectl reads all that it
 * knows of an API server once more for each kind that it has to find the version of (k8s.io/client-go, restmapper/shortcut.go).
 */
const fullNames = `
  NF == 1 { out[$1]; next }
  {
    parts = split($(NF - 2), version, "/")
    group = parts == 2 ? "." version[1] : ""
    if (!($1 group in out)) print $1 "." version[parts] (parts == 2 ? group : ".")
  }`;

interface Owner {
  controller?: boolean;
}

interface KubeObject {
  apiVersion: string;
  kind: string;
  type?: string;
  spec?: { taints?: { key: string }[] | undefined };
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    ownerReferences?: Owner[];
    deletionTimestamp?: string;
  };
}

/**
 * The cluster's objects, seen from its control plane: names and specs, without status. First one object alone: an API server without
 * its etcd lets each question wait to the end of its time.
 */
export const clusterRecorder: Recorder = {
  owns: isOfCluster,
  probe: sh`
    [ -e ${adminConf} ] || exit 0
    ${kubectl(sh`get namespace kube-system -o name`)} >/dev/null || exit 1
    known=$(${kubectl(sh`api-resources --verbs=list --no-headers`)}) || exit 1
    kinds=$({ printf '%s\n' ${leftOut} "$known"; } | awk ${fullNames} | paste -sd,)
    GOGC=400 ${kubectl(sh`get "$kinds" --all-namespaces -o json`)}`,
  read: (printed) => {
    if (printed === "") return [];
    const { items } = JSON.parse(printed) as { items: KubeObject[] };
    return items.filter((object) => !livesByItself(object)).map(recorded);
  },
  remove: (items) =>
    lines(
      items.map(({ kind, name }) => {
        const [namespace = "", object = ""] = name.includes("/") ? name.split("/") : ["", name];
        const where = namespace === "" ? sh`` : sh`-n ${namespace}`;
        // A pod would have half a minute to end.
        const now = kind === "pod" ? sh`--now` : sh``;
        const remove = kubectl(
          sh`${where} delete ${kind} ${object} --ignore-not-found --wait=false ${now}`,
          60,
        );
        if (kind !== "namespace") return remove;
        // Nothing makes another pod there by now; the namespace goes when the last one is gone.
        return lines([
          remove,
          kubectl(sh`-n ${object} delete pods --all --grace-period=0 --force --wait=false`, 60),
        ]);
      }),
    ),
  putBack: (items) => lines([...written("create", items, false), ...written("replace", items, true)]),
};

/** Gives kubectl the objects that are there, or those that are not: namespaces first, as the others are in them. */
function written(command: string, items: readonly Kept[], isThere: boolean): Command[] {
  const mine = items.filter((item) => item.isThere === isThere && item.content !== undefined);
  const [first, rest] = [
    mine.filter(({ kind }) => isNeededFirst(kind)),
    mine.filter(({ kind }) => !isNeededFirst(kind)),
  ];
  const list = [...first, ...rest].map(({ content = "" }) => content).join(",");
  return list === ""
    ? []
    : [
        sh`printf '{"apiVersion":"v1","kind":"List","items":[%s]}' ${list} | ${kubectl(sh`${command} -f -`, 60)} >/dev/null`,
      ];
}

/** Other objects are in it, or of it. */
const isNeededFirst = (kind: string): boolean =>
  kind === "namespace" || kind === "customresourcedefinition.apiextensions.k8s.io";

/** What a controller created belongs to the object that it serves, and is deleted with it. */
function livesByItself({ kind, type, metadata }: KubeObject): boolean {
  if (metadata.ownerReferences?.some(({ controller }) => controller)) return true;
  if (kind === "ConfigMap" && metadata.name === "kube-root-ca.crt") return true;
  if (kind === "ServiceAccount" && metadata.name === "default") return true;
  // One for each group of the API server, and for each group of a CustomResourceDefinition.
  if (kind === "APIService" && "kube-aggregator.kubernetes.io/automanaged" in (metadata.labels ?? {}))
    return true;
  if (kind === "Pod" && metadata.ownerReferences !== undefined) return true;
  return type === "bootstrap.kubernetes.io/token";
}

function recorded(object: KubeObject): FoundItem {
  const { metadata, ...rest } = withoutConditionTaints(object);
  const { name, namespace, labels, deletionTimestamp } = metadata;
  const group = object.apiVersion.includes("/") ? `.${object.apiVersion.split("/")[0]}` : "";
  return {
    kind: `${object.kind.toLowerCase()}${group}`,
    name: namespace === undefined ? name : `${namespace}/${name}`,
    value:
      deletionTimestamp === undefined
        ? hashOf({ ...rest, status: undefined, name, namespace, labels })
        : "being deleted",
    content: JSON.stringify({ ...rest, status: undefined, metadata: given(metadata) }),
  };
}

/** What the API server gives an object itself, and what holds for this one only. */
const ofServer = new Set([
  ...["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "ownerReferences"],
]);

const given = (metadata: object): object =>
  Object.fromEntries(Object.entries(metadata).filter(([key]) => !ofServer.has(key)));

/** The node controller sets taints from a node's conditions (not-ready, unreachable …), and removes them. */
function withoutConditionTaints(object: KubeObject): KubeObject {
  const taints = object.spec?.taints?.filter(({ key }) => !key.startsWith("node.kubernetes.io/"));
  if (!taints) return object;
  return { ...object, spec: { ...object.spec, taints: taints.length === 0 ? undefined : taints } };
}

/** The ConfigMap cluster-info has a signature for each bootstrap token; tokens expire, so both are left out. */
const tokensSignature = /^jws-kubeconfig-/;

/** Independent of the order of keys, which the API server may change. */
const hashOf = (value: unknown): string =>
  createHash("sha256")
    .update(structuralKey(value, (member) => tokensSignature.test(member)))
    .digest("hex")
    .slice(0, 16);
