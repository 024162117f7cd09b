import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { behind, strangersBehind } from "../../kubernetes/behind.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { objectName } from "../../kubernetes/objects.ts";
import { page } from "../../linux/http-get.ts";
import { step } from "../step.ts";

export const serviceAnswers = step({
  summary: "Expects a Service of the cluster to answer over HTTP at its own address, asked from a node.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    service: objectName.describe("The name of the Service."),
    port: z.int().min(1).max(65535).describe("The port of the Service."),
    path: z.string().startsWith("/", "an absolute path is expected").describe("The path that is asked for."),
    says: z.string().min(1).describe("Words that the answer must contain."),
    deployment: objectName.optional().describe("The Deployment whose pods alone may be behind the Service."),
  }),
  example: { namespace: "shop", service: "web", port: 80, path: "/", says: "Welcome to nginx!" },

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
