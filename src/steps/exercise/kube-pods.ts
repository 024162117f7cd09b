import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { type KubeObject, objectName, objectsIn, valuesAt } from "../../kubernetes/objects.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { count as counted } from "../../wording.ts";
import { step } from "../step.ts";

interface Pod {
  name: string;
  node: string | undefined;
  ready: boolean;
  /** `Pending`, or what keeps a container from running: `ImagePullBackOff`. */
  state: string;
  controlled: boolean;
}

export const kubePods = step({
  summary:
    "Expects a number of ready pods with certain labels, optionally on different nodes, on machines of one role, or under a controller.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    labels: z.record(z.string().min(1), z.string()).describe("Labels that the pods have."),
    count: z.int().min(0).default(1).describe("How many of them have to be ready."),
    apart: z.boolean().default(false).describe("Whether no two of them may be on one node."),
    on: z.string().optional().describe("The role of the machines that they have to be on."),
    controlled: z
      .boolean()
      .default(false)
      .describe("Whether something has to bring them back, such as a ReplicaSet or a Job."),
  }),
  example: { namespace: "shop", labels: { app: "web" }, count: 2, apart: true, controlled: true },

  probe: ({ namespace, labels }) => ({
    pods: kubectl(sh`-n ${namespace} get pods -l ${selectorOf(labels)} -o json`),
  }),

  check: (facts, { labels, count, apart, on, controlled }, { lab }) => {
    const objects = objectsIn(facts.pods);
    if (!objects) return ["the API server does not answer"];
    const pods = objects.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(podOf);
    const ready = pods.filter((pod) => pod.ready);
    const roleOf = (node: string | undefined) => lab.machines.find(({ name }) => name === node)?.role;
    return [
      ...(ready.length === count
        ? []
        : [
            `${counted(ready.length, "pod")} with the label ${selectorOf(labels)} seen ready, ${count} expected`,
          ]),
      ...pods.filter((pod) => !pod.ready).map(({ name, state }) => `the pod ${name} is not ready: ${state}`),
      ...(apart ? together(ready) : []),
      ...ready
        .filter(({ node }) => on !== undefined && roleOf(node) !== on)
        .map(({ name, node }) => `the pod ${name} is on ${node}, which is not a ${on}`),
      ...pods
        .filter((pod) => controlled && !pod.controlled)
        .map(({ name }) => `nothing would replace the pod ${name} if it were deleted`),
    ];
  },

  patience: { seconds: 90, for: "the pods" },
});

const selectorOf = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

function podOf(object: KubeObject): Pod {
  const at = (path: string) => valuesAt(object, path.split("."));
  const waiting = at("status.containerStatuses.*.state.waiting.reason");
  return {
    name: object.metadata.name,
    node: at("spec.nodeName")[0] as string | undefined,
    ready: isReady(object),
    state: [...waiting, ...at("status.phase")].map(String)[0] ?? "unknown",
    controlled: at("metadata.ownerReferences.*.controller").includes(true),
  };
}

function together(pods: readonly Pod[]): string[] {
  const nodes = [...new Set(pods.map(({ node }) => node))];
  return nodes.flatMap((node) => {
    const names = pods.filter((pod) => pod.node === node).map(({ name }) => name);
    return names.length > 1 ? [`the pods ${names.join(" and ")} are on the same node, ${node}`] : [];
  });
}
