import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { askNodes, jsonOf, kubectl, type List } from "../../kubernetes/kubectl.ts";
import { type KubeObject, objectName, objectsIn, valuesAt } from "../../kubernetes/objects.ts";
import { ofKind, podsAndOwners, podsOf, replicaSetsOf } from "../../kubernetes/owned.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { isControlPlane, nodesOf } from "../../lab/roles.ts";
import { step } from "../step.ts";

/** How long it takes at most until the cluster gives up a node and then a pod on it, in seconds. */
const evictionTime = 150;

const eviction = "TaintManagerEviction";

/** Other events of that reason say that a pod is not deleted after all. */
const marking = "Marking for deletion";

/** Compares events: of the node that was lost, and of the pod that was deleted for the node's taint afterwards. */
export const podEvicted = step({
  summary:
    "Expects a Deployment's pod to have been evicted from a node whose kubelet was gone, and all nodes to be Ready again.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    deployment: objectName.describe("The Deployment with a pod on a worker."),
  }),
  example: { namespace: "shop", deployment: "web" },

  probe: ({ namespace }) => ({
    nodes: askNodes,
    lost: kubectl(sh`-n default get events --field-selector reason=NodeNotReady -o json`),
    objects: podsAndOwners(namespace, ["events"]),
  }),

  check: (facts, { deployment }) => {
    const nodes = jsonOf<List<KubeObject>>(facts.nodes)?.items;
    const objects = objectsIn(facts.objects);
    const lost = objectsIn(facts.lost);
    if (!nodes || !objects || !lost) return ["the API server does not answer"];
    return [
      ...nodes
        .filter((node) => !isReady(node))
        .map(({ metadata }) => `the node ${metadata.name} is not Ready`),
      ...evictionDifferences(objects, lost, deployment),
    ];
  },

  apply: async (host, { namespace, deployment }, { lab, on, note }) => {
    // Pods of the Deployment before its last change may have been there a moment ago.
    const pods = podsOf(objectsIn(await host.run(podsAndOwners(namespace))) ?? [], deployment);
    const homes = pods.map((pod) => valuesAt(pod, ["spec", "nodeName"])[0]);
    const worker = nodesOf(lab).find((one) => !isControlPlane(one) && homes.includes(one.name));
    if (!worker) throw noPodOnWorker(deployment);
    const machine = await on(worker.name);
    try {
      await machine.run(sh`systemctl stop kubelet`);
      note(`the kubelet of ${worker.name} is stopped`);
      const events = kubectl(
        sh`-n ${namespace} get events --field-selector reason=${eviction} -o ${"jsonpath={.items[*].message}"}`,
      );
      await host.run(sh`for i in $(seq ${evictionTime}); do
        ${events} | grep -qF ${marking} && break; sleep 1
      done`);
    } finally {
      await machine.run(startKubelet);
    }
  },

  undo: async (host, _, { lab, on }) => {
    for (const { name } of nodesOf(lab)) await (await on(name)).run(startKubelet);
    await host.run(kubectl(sh`wait --for=condition=Ready nodes --all --timeout=120s`, 120));
  },

  patience: { seconds: 90, for: "the nodes to be Ready" },
});

const startKubelet: Command = sh`systemctl is-active --quiet kubelet || systemctl start kubelet`;

const aboutOf = (event: KubeObject): string => String(valuesAt(event, ["involvedObject", "name"])[0]);

const timeOf = (event: KubeObject): number =>
  Date.parse(String(event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp));

function evictionDifferences(
  objects: readonly KubeObject[],
  lost: readonly KubeObject[],
  deployment: string,
): string[] {
  const sets = replicaSetsOf(objects, deployment).map(({ metadata }) => `${metadata.name}-`);
  const events = ofKind(objects, "Event");
  const evicted = events.filter(
    (event) =>
      event.reason === eviction &&
      String(event.message).startsWith(marking) &&
      sets.some((set) => aboutOf(event).startsWith(set)),
  );
  if (evicted.length === 0) return [`no pod of the deployment ${deployment} was evicted because of a taint`];
  const isOfLostNode = (event: KubeObject): boolean => {
    const scheduled = events.find((one) => one.reason === "Scheduled" && aboutOf(one) === aboutOf(event));
    const node = / to (\S+)$/.exec(String(scheduled?.message))?.[1];
    return lost.some(
      (one) =>
        aboutOf(one) === node &&
        scheduled !== undefined &&
        timeOf(one) >= timeOf(scheduled) &&
        timeOf(one) <= timeOf(event),
    );
  };
  return evicted.some(isOfLostNode)
    ? []
    : [`the pod ${aboutOf(evicted[0] as KubeObject)} was evicted, but its node was not lost`];
}

const noPodOnWorker = (deployment: string): LabwrightError =>
  new LabwrightError({
    code: "no-pod-on-worker",
    message: `the deployment ${deployment} has no pod on a worker`,
    remedy: "Give the deployment a second replica on another node, then try again.",
  });
