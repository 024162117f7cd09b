import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { behind, strangersBehind } from "../../kubernetes/behind.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { page } from "../../linux/http-get.ts";
import { step } from "../step.ts";

const word = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);

/** A Service of the cluster answers at its own address, as a node sees it. */
export const serviceAnswers = step({
  params: z.strictObject({
    namespace: word,
    service: word,
    port: z.int().min(1).max(65535),
    path: z.string().startsWith("/"),
    says: z.string().min(1),
    /** The Deployment whose pods alone may be behind the Service. */
    deployment: word.optional(),
  }),

  probe: ({ namespace, service, port, path, deployment }) => {
    const address = kubectl(sh`-n ${namespace} get service ${service} -o ${"jsonpath={.spec.clusterIP}"}`);
    return {
      service: address,
      behind: deployment === undefined ? sh`true` : behind(namespace),
      page: page({ host: sh`"$(${address})"`, port, path }),
    };
  },

  check: (facts, { namespace, service, port, path, says, deployment }) => {
    if (facts.service.code !== 0) return [`there is no service ${service} in the namespace ${namespace}`];
    if (!facts.page.stdout.includes(says))
      return [`the service ${service} does not answer at ${path} on port ${port} with "${says}"`];
    return deployment === undefined ? [] : strangersBehind(facts.behind, { namespace, service, deployment });
  },

  patience: { seconds: 60, for: "the service to answer" },
});
