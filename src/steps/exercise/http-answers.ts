import { z } from "zod";
import { addressOf } from "../../engine/address.ts";
import { type CheckContext, onMachine, type Probes, type RemoteProbe } from "../../engine/step.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import {
  askedFrom,
  askerDifferences,
  askerOf,
  askerPattern,
  reason,
  webIn,
} from "../../kubernetes/asking.ts";
import { behind, strangersBehind } from "../../kubernetes/behind.ts";
import { ask, kubectl, kubeletConf } from "../../kubernetes/kubectl.ts";
import { objectName } from "../../kubernetes/objects.ts";
import { isControlPlane, nodesOf } from "../../lab/roles.ts";
import { bodyIn, httpGet, statusIn } from "../../linux/http-get.ts";
import { step } from "../step.ts";

const namespace = objectName.describe("The namespace.");
const deployment = objectName
  .optional()
  .describe("The Deployment whose pods alone may be behind the Service.");
const says = z.array(z.string().min(1)).default([]).describe("Words that the answer must contain.");

const fromPod = z
  .strictObject({
    namespace,
    from: askerPattern.describe(
      "Where the question comes from, as `kubectl exec` takes it: `deployment/visitor`.",
    ),
    container: objectName.optional().describe("The container of that pod."),
    url: z.url({ protocol: /^http$/ }).describe("The URL that is asked."),
    service: objectName.optional().describe("The Service that has to answer there."),
    deployment,
    says,
  })
  .describe("Asked from inside a pod that has the program `web` of the exercises' images:");

const atNodePort = z
  .strictObject({
    namespace,
    service: objectName.describe("The Service with the NodePort."),
    deployment,
    says,
  })
  .describe("Asked at the NodePort of a Service, on every node, from another machine:");

type AtNodePort = z.infer<typeof atNodePort>;

export const httpAnswers = step({
  summary: "Expects a program in the cluster to answer over HTTP with status 200 and certain words.",
  params: z.union([fromPod, atNodePort]),
  example: { namespace: "shop", service: "web", deployment: "web", says: ["Welcome to nginx!"] },

  probe: (params, context): Probes =>
    "url" in params
      ? {
          answer: webIn(params, ["get", params.url]),
          asker: askerOf(params),
          ...behindProbe(params),
        }
      : {
          port: kubectl(portOf(params)),
          ...behindProbe(params),
          ...Object.fromEntries(
            nodesOf(context.lab).map(({ name }) => [`node.${name}`, fromOutside(name, params, context)]),
          ),
        },

  check: (facts, params, { lab }) => {
    if ("url" in params) {
      const { code = 1, stdout = "" } = facts.answer ?? {};
      const asked = askedFrom(params, params.url);
      if (code !== 0) return [`${asked} ${reason(stdout)}`];
      return [
        ...askerDifferences(facts.asker, params),
        ...unsaid(asked, stdout, params.says),
        ...behindDifferences(facts.behind, params),
      ];
    }
    const { service, says } = params;
    if (facts.port?.code !== 0 || facts.port.stdout.trim() === "")
      return [`the service ${service} is on no port of the nodes`];
    return [
      ...nodesOf(lab).flatMap(({ name }) => {
        const [status, body = ""] = (facts[`node.${name}`]?.stdout || "000").split("\t");
        if (status === "200") return unsaid(name, body, says);
        return [status === "000" ? `${name} does not answer` : `${name} answers with status ${status}`];
      }),
      ...behindDifferences(facts.behind, params),
    ];
  },

  patience: { seconds: 60, for: "an answer" },
});

interface Behind {
  namespace: string;
  service?: string | undefined;
  deployment?: string | undefined;
}

const behindProbe = ({ namespace, deployment }: Behind): Probes =>
  deployment === undefined ? {} : { behind: behind(namespace) };

const behindDifferences = (fact: Output | undefined, { namespace, service, deployment }: Behind): string[] =>
  fact === undefined || service === undefined || deployment === undefined
    ? []
    : strangersBehind(fact, { namespace, service, deployment });

const portOf = ({ namespace, service }: AtNodePort): Command =>
  sh`-n ${namespace} get service ${service} -o jsonpath=${"{.spec.ports[0].nodePort}"}`;

/**
 * Prints `status <tab> body on one line`. Each node is asked from another one, as people do: a Service may answer
 * on the node itself only. Nodes may read Services.
 */
function fromOutside(node: string, params: AtNodePort, context: CheckContext): RemoteProbe {
  const asker = nodesOf(context.lab).find(({ name }) => name !== node) ?? context.machine;
  const port = isControlPlane(asker) ? kubectl(portOf(params)) : ask(portOf(params), kubeletConf);
  const answer = httpGet({ host: addressOf(context, node), port: sh`"$port"`, path: "/" });
  return onMachine(
    asker.name,
    sh`port=$(${port}) && [ -n "$port" ] || exit 1
    answer=$(${answer})
    printf '%s\t%s\n' "$(printf '%s\n' "$answer" | ${statusIn})" "$(printf '%s\n' "$answer" | ${bodyIn} | tr '\n\t\r' '   ')"`,
  );
}

const unsaid = (who: string, body: string, says: Output["stdout"][]): string[] =>
  says
    .filter((words) => !body.includes(words))
    .map(
      (words) =>
        `${who} answers without "${words}": ${body.trim().replaceAll("\n", ", ").slice(0, 120) || "nothing"}`,
    );
