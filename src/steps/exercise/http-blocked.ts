import { z } from "zod";
import {
  askedFrom,
  askerDifferences,
  askerOf,
  askerPattern,
  isUnanswered,
  reason,
  webIn,
} from "../../kubernetes/asking.ts";
import { objectName } from "../../kubernetes/objects.ts";
import { step } from "../step.ts";

export const httpBlocked = step({
  summary: "Expects a pod to get no answer over HTTP, because its packets are dropped.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace of the asking pod."),
    from: askerPattern.describe(
      "Where the question comes from, as `kubectl exec` takes it: `deployment/visitor`.",
    ),
    url: z.url({ protocol: /^http$/ }).describe("The URL that is asked; a name in it has to be known."),
    reaches: z
      .url({ protocol: /^http$/ })
      .describe("A URL that the pod must reach all the same, so that it is not simply cut off."),
  }),
  example: { namespace: "shop", from: "deployment/stranger", url: "http://till/", reaches: "http://web/" },

  probe: (params) => ({
    answer: webIn(params, ["get", params.url]),
    other: webIn(params, ["get", params.reaches]),
    asker: askerOf(params),
  }),

  check: ({ answer, other, asker }, params) => {
    const asked = askedFrom(params, params.url);
    if (answer.code === 0) return [`${asked} is answered, and should not be`];
    if (!isUnanswered(answer.stdout))
      return [`${asked} ${reason(answer.stdout)}; packets without an answer are expected`];
    if (other.code !== 0)
      return [
        `${askedFrom(params, params.reaches)} ${reason(other.stdout)}: the pod is cut off from everything`,
      ];
    return askerDifferences(asker, params);
  },

  patience: { seconds: 30, for: "the packets to be dropped" },
});
