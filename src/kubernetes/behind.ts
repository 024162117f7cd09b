import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { jsonOf, kubectl, type List } from "./kubectl.ts";

interface Owned {
  kind: string;
  metadata: {
    name: string;
    labels?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; controller?: boolean }[];
  };
  endpoints?: { targetRef?: { kind: string; name: string } }[] | null;
}

/** Asks for the pods behind the Services of a namespace, and the pods' owners. */
export const behind = (namespace: string): Command =>
  kubectl(sh`-n ${namespace} get endpointslices,pods,replicasets -o json`);

/** Pods behind a Service that are not a Deployment's; a Service that does not lead to pods. */
export function strangersBehind(
  fact: Output,
  { service, deployment }: { namespace: string; service: string; deployment: string },
): string[] {
  const all = jsonOf<List<Owned>>(fact)?.items;
  if (!all) return ["the API server does not answer"];
  const ownerOf = (kind: string, name: string): string | undefined =>
    all
      .find((one) => one.kind === kind && one.metadata.name === name)
      ?.metadata.ownerReferences?.find(({ controller }) => controller)?.name;
  const targets = all
    .filter(
      ({ kind, metadata }) =>
        kind === "EndpointSlice" && metadata.labels?.["kubernetes.io/service-name"] === service,
    )
    .flatMap(({ endpoints }) => endpoints ?? [])
    .map(({ targetRef }) => targetRef);
  return [
    ...new Set(
      targets
        .filter(
          (target) =>
            target?.kind !== "Pod" || ownerOf("ReplicaSet", ownerOf("Pod", target.name) ?? "") !== deployment,
        )
        .map((target) =>
          target
            ? `behind the service ${service} is the ${target.kind.toLowerCase()} ${target.name}, which is not of the deployment ${deployment}`
            : `behind the service ${service} are targets that are not pods`,
        ),
    ),
  ];
}
