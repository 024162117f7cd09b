import type { Output } from "../hosts/types.ts";
import { jsonOf, type List } from "./kubectl.ts";

interface Node {
  metadata: { name: string };
  status?: { conditions?: { type: string; status: string }[] };
}

/** The names of the Ready nodes in the answer to `askNodes`; undefined if the API server does not answer. */
export const readyNodesIn = (output: Output): string[] | undefined =>
  jsonOf<List<Node>>(output)
    ?.items.filter(({ status }) =>
      status?.conditions?.some((one) => one.type === "Ready" && one.status === "True"),
    )
    .map(({ metadata }) => metadata.name);
