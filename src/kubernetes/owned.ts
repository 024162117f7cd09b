import { type Command, sh } from "../hosts/sh.ts";
import { kubectl } from "./kubectl.ts";
import { type KubeObject, valuesAt } from "./objects.ts";

/** Asks for the pods of a namespace, for the ReplicaSets that made them, and for other kinds. */
export const podsAndOwners = (namespace: string, more: readonly string[] = []): Command =>
  kubectl(
    sh`-n ${namespace} get ${["pods", "replicasets", ...more].join(",")} -o json --show-managed-fields`,
  );

/** The objects of one kind in a list of several kinds. */
export const ofKind = (objects: readonly KubeObject[], kind: string): KubeObject[] =>
  objects.filter((object) => object.kind === kind);

export const uidOf = (object: KubeObject): unknown => valuesAt(object, ["metadata", "uid"])[0];

interface Owner {
  uid?: string;
  name: string;
  controller?: boolean;
}

/** The owner that brings the object back if it is deleted. */
export const controllerOf = (object: KubeObject): Owner | undefined =>
  (valuesAt(object, ["metadata", "ownerReferences", "*"]) as Owner[]).find(({ controller }) => controller);

export const isGoing = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;

/** The ReplicaSets that a Deployment has made, earlier ones included. */
export const replicaSetsOf = (objects: readonly KubeObject[], deployment: string): KubeObject[] =>
  ofKind(objects, "ReplicaSet").filter((set) => controllerOf(set)?.name === deployment);

/** The pods that a Deployment's ReplicaSets have now, without those that are being deleted. */
export function podsOf(objects: readonly KubeObject[], deployment: string): KubeObject[] {
  const sets = new Set(replicaSetsOf(objects, deployment).map(({ metadata }) => metadata.name));
  return ofKind(objects, "Pod").filter((pod) => !isGoing(pod) && sets.has(controllerOf(pod)?.name ?? ""));
}

/** The names of all pods that ReplicaSets have created, by their events, whose messages end in the pod's name. */
export const createdBy = (objects: readonly KubeObject[], sets: readonly KubeObject[]): Set<string> => {
  const uids = new Set(sets.map(uidOf));
  return new Set(
    ofKind(objects, "Event")
      .filter(
        (event) =>
          event.reason === "SuccessfulCreate" && uids.has(valuesAt(event, ["involvedObject", "uid"])[0]),
      )
      .flatMap(({ message }) => String(message).split(" ").slice(-1)),
  );
};
