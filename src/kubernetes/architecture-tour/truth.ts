import type { Output } from "../../hosts/types.ts";
import { jsonOf, type List } from "../kubectl.ts";
import type { Question, Truth } from "./answers.ts";

/** How a component is kept running, as the answer sheet names it, derived from its pod's owner. */
const keepers: Record<string, string> = {
  Node: "static-pod",
  DaemonSet: "daemon-set",
  ReplicaSet: "deployment",
};

/**
 * Component, as the sheet names it → the label of its pods; none if it is not a pod but a service of the machine. `agent`
 * is the label of the pod network's pods.
 */
const components = (agent: string): Record<string, string | undefined> => ({
  etcd: "etcd",
  "kube-apiserver": "kube-apiserver",
  "kube-scheduler": "kube-scheduler",
  "kube-controller-manager": "kube-controller-manager",
  kubelet: undefined,
  "container-runtime": undefined,
  "kube-proxy": "kube-proxy",
  cni: agent,
});

export const componentQuestions: Question[] = Object.keys(components("")).flatMap((name): Question[] => [
  { path: ["components", name, "machines"], asks: `on which of the cluster's machines it runs`, kind: "set" },
  { path: ["components", name, "keptBy"], asks: "what starts it there, and starts it again", kind: "word" },
]);

/** Facts about the components: `pods` has lines of `label owner machine`, `nodes` and `units` a word a line. */
export function componentTruth(
  { pods, nodes, units }: Record<"pods" | "nodes" | "units", Output>,
  agent: string,
): Truth {
  const running = linesOf(pods).map((line) => line.split(" "));
  const all = linesOf(nodes);
  const entries = Object.entries(components(agent)).flatMap(
    ([name, label]): [string, string | string[]][] => {
      const mine = running.filter(([own]) => own === label);
      const machines = label === undefined ? all : mine.map(([, , machine = ""]) => machine);
      const unit = linesOf(units).includes(name) ? "systemd" : "";
      const keptBy = label === undefined ? unit : (keepers[mine[0]?.[1] ?? ""] ?? "");
      return [
        [`components.${name}.machines`, machines],
        [`components.${name}.keptBy`, keptBy],
      ];
    },
  );
  return Object.fromEntries(entries);
}

export const traceQuestions: Question[] = [
  { path: ["trace", "replicaSet"], asks: "the name of the object that made the pod", kind: "word" },
  {
    path: ["trace", "reporters"],
    asks: "who reported the events on the way, in the order in which they came into play",
    kind: "list",
  },
  { path: ["trace", "machine"], asks: "where the pod was placed", kind: "word" },
  { path: ["trace", "etcdKey"], asks: "under which key etcd keeps the pod", kind: "word" },
  { path: ["trace", "sandbox"], asks: "the ID of the pod's sandbox", kind: "id" },
  { path: ["trace", "address"], asks: "the pod's IP address", kind: "word" },
  { path: ["trace", "interface"], asks: "the machine's own end of the pod's link", kind: "word" },
  { path: ["trace", "container"], asks: "the ID of the pod's container", kind: "id" },
];

interface Pod {
  metadata: { name: string; ownerReferences?: { kind: string; name: string }[] };
  spec: { nodeName?: string };
  status: { podIP?: string; phase: string; containerStatuses?: { containerID?: string }[] };
}

/** The probes' output about the traced pod: JSON of the API's pods, and per machine its sandboxes and routes. */
export interface TraceFacts {
  pods: Output;
  events: Output;
  keys: Output;
  /** Machine → `crictl pods -o json`. */
  sandboxes: ReadonlyMap<string, Output>;
  /** Machine → `ip -j -4 route`. */
  routes: ReadonlyMap<string, Output>;
}

/** Undefined while the pod does not run. */
export function traceTruth(facts: TraceFacts): Truth | undefined {
  const pod = jsonOf<List<Pod>>(facts.pods)?.items.find(({ status }) => status.phase === "Running");
  const machine = pod?.spec.nodeName;
  if (!pod || machine === undefined) return undefined;
  const { name, ownerReferences = [] } = pod.metadata;
  const replicaSet = ownerReferences.find(({ kind }) => kind === "ReplicaSet")?.name ?? "";
  const address = pod.status.podIP ?? "";
  const sandboxes = facts.sandboxes.get(machine);
  const routes = facts.routes.get(machine);
  const sandbox =
    sandboxes && jsonOf<List<Sandbox>>(sandboxes)?.items.find((one) => one.metadata.name === name);
  const route = routes && jsonOf<Route[]>(routes)?.find(({ dst }) => dst === address);
  return {
    "trace.replicaSet": replicaSet,
    "trace.reporters": reportersOf(jsonOf<List<Event>>(facts.events)?.items ?? [], replicaSet, name),
    "trace.machine": machine,
    "trace.etcdKey": linesOf(facts.keys).find((key) => key.endsWith(`/${name}`)) ?? "",
    "trace.sandbox": sandbox?.id ?? "",
    "trace.address": address,
    "trace.interface": route?.dev ?? "",
    "trace.container": pod.status.containerStatuses?.[0]?.containerID?.replace(/^.*:\/\//, "") ?? "",
  };
}

interface Sandbox {
  id: string;
  metadata: { name: string };
}

interface Route {
  dst: string;
  dev?: string;
}

interface Event {
  involvedObject: { kind: string; name: string };
  reportingComponent?: string;
  reason: string;
}

/** The cluster keeps events for an hour; after that, the answer that is right for every cluster. */
const usual = ["deployment-controller", "replicaset-controller", "default-scheduler", "kubelet"];

/** Each reporter once: those of the Deployment, of the ReplicaSet, and of the pod, which is scheduled first. */
function reportersOf(events: readonly Event[], replicaSet: string, pod: string): string[] {
  const stages = [
    events.filter(
      ({ involvedObject: { kind, name } }) => kind === "Deployment" && replicaSet.startsWith(`${name}-`),
    ),
    events.filter(({ involvedObject }) => involvedObject.name === replicaSet),
    events.filter(({ involvedObject, reason }) => involvedObject.name === pod && reason === "Scheduled"),
    events.filter(({ involvedObject, reason }) => involvedObject.name === pod && reason !== "Scheduled"),
  ];
  const reporters = stages.map((stage) => stage.map(({ reportingComponent = "" }) => reportingComponent));
  return reporters.some((stage) => stage.length === 0) ? usual : [...new Set(reporters.flat())];
}

const linesOf = ({ stdout }: Output): string[] => stdout.split("\n").filter((line) => line !== "");
