import { z } from "zod";
import { type KubeObject, objectName, objectsIn, valuesAt } from "../../kubernetes/objects.ts";
import { ofKind, podsAndOwners, podsOf, uidOf } from "../../kubernetes/owned.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { step } from "../step.ts";

const fields = z.strictObject({
  namespace: objectName.describe("The namespace."),
  deployment: objectName.describe("The Deployment, whose pods have one container."),
  restarted: z
    .boolean()
    .default(false)
    .describe("Whether the kubelet must have restarted a container because its liveness probe failed."),
  readyAfter: z
    .int()
    .min(1)
    .optional()
    .describe(
      "How many seconds after its container's start a pod may be ready at the earliest; none was restarted.",
    ),
});

/** Compares what the kubelet has reported: events of the pods, the start of their containers, and their conditions. */
export const probesAct = step({
  summary:
    "Expects the probes of a Deployment's pods to have had an effect: a restart, or a pod that was ready later.",
  params: fields.refine(
    ({ restarted, readyAfter }) => restarted !== (readyAfter !== undefined),
    "either `restarted` or `readyAfter` is expected",
  ),
  example: { namespace: "shop", deployment: "web", readyAfter: 10 },

  probe: ({ namespace }) => ({ objects: podsAndOwners(namespace, ["events"]) }),

  check: (facts, { deployment, restarted, readyAfter }) => {
    const objects = objectsIn(facts.objects);
    if (!objects) return ["the API server does not answer"];
    const pods = podsOf(objects, deployment);
    if (pods.length === 0) return [`the deployment ${deployment} has no pods`];
    if (readyAfter !== undefined) return pods.flatMap((pod) => earlyReady(pod, readyAfter));
    return restarted && !pods.some((pod) => isRestarted(pod, objects))
      ? [`the kubelet has restarted no container of the deployment ${deployment} because of a liveness probe`]
      : [];
  },

  patience: { seconds: 120, for: "the probes to act" },
});

const restartsOf = (pod: KubeObject): number =>
  Number(valuesAt(pod, "status.containerStatuses.*.restartCount".split("."))[0] ?? 0);

const isRestarted = (pod: KubeObject, objects: readonly KubeObject[]): boolean =>
  restartsOf(pod) > 0 &&
  ofKind(objects, "Event").some(
    (event) =>
      event.reason === "Killing" &&
      String(event.message).includes("failed liveness probe") &&
      valuesAt(event, ["involvedObject", "uid"])[0] === uidOf(pod),
  );

interface Condition {
  type: string;
  lastTransitionTime: string;
}

function earlyReady(pod: KubeObject, seconds: number): string[] {
  const { name } = pod.metadata;
  const restarts = restartsOf(pod);
  if (restarts > 0) return [`the container of the pod ${name} has been restarted ${restarts} times`];
  if (!isReady(pod)) return [`the pod ${name} is not ready`];
  const conditions = valuesAt(pod, ["status", "conditions", "*"]) as Condition[];
  const ready = conditions.find(({ type }) => type === "Ready")?.lastTransitionTime ?? "";
  const [started] = valuesAt(pod, "status.containerStatuses.*.state.running.startedAt".split("."));
  const took = (Date.parse(ready) - Date.parse(String(started))) / 1000;
  return took >= seconds
    ? []
    : [`the pod ${name} was ready ${took} s after its container's start, before its program answered`];
}
