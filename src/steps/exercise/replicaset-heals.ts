import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { objectName, objectsIn, valuesAt } from "../../kubernetes/objects.ts";
import { step } from "../step.ts";

/**
 * Compares a ReplicaSet's own events: it must have created more pods than it has now and has deleted itself.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
export const replicasetHeals = step({
  summary: "Expects a ReplicaSet to have replaced a pod that somebody deleted.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    replicaSet: objectName.describe("The name of the ReplicaSet."),
  }),
  example: { namespace: "shop", replicaSet: "web" },

  probe: ({ namespace, replicaSet }) => ({
    set: kubectl(sh`-n ${namespace} get replicaset/${replicaSet} --ignore-not-found -o json`),
    events: kubectl(
      sh`-n ${namespace} get events --field-selector ${`involvedObject.kind=ReplicaSet,involvedObject.name=${replicaSet}`} -o json`,
    ),
  }),

  check: (facts, { replicaSet }) => {
    const objects = objectsIn(facts.set);
    if (!objects || facts.events.code !== 0) return ["the API server does not answer"];
    const [set] = objects;
    if (!set) return [`the ReplicaSet ${replicaSet} is missing`];
    const [uid] = valuesAt(set, ["metadata", "uid"]);
    const [now = 0] = valuesAt(set, ["status", "replicas"]);
    const made = podsIn(facts.events, uid, "SuccessfulCreate").size;
    const taken = podsIn(facts.events, uid, "SuccessfulDelete").size;
    return made - taken > Number(now)
      ? []
      : [`the ReplicaSet ${replicaSet} has made ${made} pods, and none of them to replace a deleted one`];
  },

  apply: async (host, { namespace, replicaSet }) => {
    const owned = `{.items[?(@.metadata.ownerReferences[0].name=="${replicaSet}")].metadata.name}`;
    await host.run(sh`
      set -- $(${kubectl(sh`-n ${namespace} get pods -o ${`jsonpath=${owned}`}`)})
      ${kubectl(sh`-n ${namespace} delete pod "$1" --grace-period=1`, 60)}`);
  },

  patience: { seconds: 30, for: "the ReplicaSet to replace a pod" },
});

/** Names of the pods in a ReplicaSet's events of one reason, whose messages end in the pod's name. */
const podsIn = (events: Output, uid: unknown, reason: string): Set<string> =>
  new Set(
    (objectsIn(events) ?? [])
      .filter((event) => event.reason === reason && valuesAt(event, ["involvedObject", "uid"]).includes(uid))
      .flatMap((event) => String(event.message).split(" ").slice(-1)),
  );
