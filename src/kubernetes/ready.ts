import type { Output } from "../hosts/types.ts";
import { jsonOf, type List } from "./kubectl.ts";
import type { KubeObject } from "./objects.ts";

interface Conditioned {
  status?: { conditions?: { type: string; status: string }[] };
}

/** Whether a node or a pod has the condition Ready. */
export const isReady = ({ status }: Conditioned | KubeObject): boolean =>
  (status as Conditioned["status"])?.conditions?.some(
    (one) => one.type === "Ready" && one.status === "True",
  ) ?? false;

/** The names of the Ready nodes in the answer to `askNodes`; undefined if the API server does not answer. */
export const readyNodesIn = (output: Output): string[] | undefined =>
  jsonOf<List<Conditioned & { metadata: { name: string } }>>(output)
    ?.items.filter(isReady)
    .map(({ metadata }) => metadata.name);
