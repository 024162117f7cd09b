import { z } from "zod";
import type { Output } from "../../hosts/types.ts";
import {
  askedFrom,
  askerDifferences,
  askerOf,
  askerPattern,
  reason,
  webIn,
} from "../../kubernetes/asking.ts";
import { objectName, objectsIn } from "../../kubernetes/objects.ts";
import { podsAndOwners, podsOf } from "../../kubernetes/owned.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { listed } from "../../wording.ts";
import { step } from "../step.ts";

export const answersSpread = step({
  summary:
    "Expects requests to one URL to be answered by every ready pod of some Deployments, and by no other pod.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    from: askerPattern.describe(
      "Where the requests come from, as `kubectl exec` takes it: `deployment/visitor`.",
    ),
    url: z.url({ protocol: /^http$/ }).describe("The URL that is asked."),
    times: z.int().min(1).max(500).default(80).describe("How many requests are sent."),
    deployments: z.array(objectName).min(1).describe("The Deployments whose pods have to answer."),
  }),
  example: { namespace: "shop", from: "deployment/visitor", url: "http://web/", deployments: ["web"] },

  probe: (params) => ({
    counted: webIn(params, ["count", params.url, String(params.times)]),
    asker: askerOf(params),
    pods: podsAndOwners(params.namespace),
  }),

  check: ({ counted, asker, pods }, params) => {
    const { url, times, deployments } = params;
    if (counted.code !== 0) return [`${askedFrom(params, url)} ${reason(counted.stdout)}`];
    const objects = objectsIn(pods);
    if (!objects) return ["the API server does not answer"];
    const answers = answersIn(counted);
    const all = deployments.map((deployment) => ({
      deployment,
      ready: podsOf(objects, deployment).filter(isReady),
    }));
    const known = new Set(all.flatMap(({ ready }) => ready.map(({ metadata }) => metadata.name)));
    return [
      ...askerDifferences(asker, params),
      ...all
        .filter(({ ready }) => ready.length === 0)
        .map(({ deployment }) => `the deployment ${deployment} has no pod that is ready`),
      ...[...known]
        .filter((pod) => !answers.has(pod))
        .map((pod) => `the pod ${pod} has answered none of ${times} requests to ${url}`),
      ...[...answers.keys()]
        .filter((pod) => !known.has(pod))
        .map(
          (pod) =>
            `${pod || "something without a pod's name"} has answered, which is not a pod of ${listed(deployments)}`,
        ),
    ];
  },

  patience: { seconds: 60, for: "every pod to answer" },
});

/** `web count` prints a line `pod: number` for each pod. */
const answersIn = ({ stdout }: Output): Map<string, number> =>
  new Map(
    [...stdout.matchAll(/^(.*): (\d+)$/gm)].map(
      ([, pod = "", number = "0"]) => [pod, Number(number)] as const,
    ),
  );
