import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { type KubeObject, objectName, objectsIn, valuesAt } from "../../kubernetes/objects.ts";
import {
  controllerOf,
  isGoing,
  ofKind,
  podsAndOwners,
  podsOf,
  replicaSetsOf,
} from "../../kubernetes/owned.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { step } from "../step.ts";

/** A controller lets go of a pod whose labels do not match any more: it removes itself from the pod's owners. */
export const podReleased = step({
  summary:
    "Expects a pod with a certain label that a Deployment has created and lets go of, still running and behind no Service.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    deployment: objectName.describe("The Deployment that has created the pod."),
    label: z.string().min(1).describe("The key of the label that the pod was found by."),
    value: z.string().min(1).describe("What the label of the pod is now."),
  }),
  example: { namespace: "shop", deployment: "web", label: "app", value: "web-debug" },

  probe: ({ namespace }) => ({ objects: podsAndOwners(namespace, ["endpointslices"]) }),

  check: (facts, { deployment, label, value }) => {
    const objects = objectsIn(facts.objects);
    if (!objects) return ["the API server does not answer"];
    const labelled = ofKind(objects, "Pod").filter(
      (pod) => !isGoing(pod) && valuesAt(pod, ["metadata", "labels", label])[0] === value,
    );
    if (labelled.length === 0) return [`no pod has the label ${label}=${value}`];
    const names = new Set(replicaSetsOf(objects, deployment).map(({ metadata }) => `${metadata.name}-`));
    const behind = new Set(
      ofKind(objects, "EndpointSlice").flatMap((slice) =>
        valuesAt(slice, "endpoints.*.targetRef.name".split(".")),
      ),
    );
    return labelled.flatMap((pod) => {
      const { name } = pod.metadata;
      if (controllerOf(pod)) return [`the pod ${name} still has a controller, ${controllerOf(pod)?.name}`];
      if (!names.has(String(pod.metadata.generateName)) || !isMadeByController(pod))
        return [`the pod ${name} was not made by the deployment ${deployment}`];
      if (!isReady(pod)) return [`the pod ${name} is not ready, so there is nothing to look into`];
      return behind.has(name) ? [`the pod ${name} is still behind a Service`] : [];
    });
  },

  apply: async (host, { namespace, deployment, label, value }, _, facts) => {
    const [pod] = podsOf(objectsIn(facts.objects) ?? [], deployment);
    if (pod)
      await host.run(
        kubectl(sh`-n ${namespace} label pod ${pod.metadata.name} --overwrite ${`${label}=${value}`}`),
      );
  },

  patience: { seconds: 30, for: "the pod to be let go of" },
});

/** The API server notes who has written a pod's fields, whatever the pod's manifest says. */
const isMadeByController = (pod: KubeObject): boolean =>
  valuesAt(pod, "metadata.managedFields.*.manager".split(".")).includes("kube-controller-manager");
