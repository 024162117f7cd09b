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
import { objectName } from "../../kubernetes/objects.ts";
import { step } from "../step.ts";

export const apiAnswers = step({
  summary:
    "Expects the API server to answer requests that a pod sends with the token of its service account.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    from: askerPattern.describe(
      "Where the requests come from, as `kubectl exec` takes it: `deployment/reporter`.",
    ),
    requests: z
      .array(
        z.strictObject({
          path: z
            .string()
            .startsWith("/", "a path of the API is expected")
            .describe("The path that is asked for."),
          status: z
            .union([z.int().min(100).max(599), z.literal("no token")])
            .describe("The status of the answer, or `no token` if the pod must have none to ask with."),
        }),
      )
      .min(1)
      .describe("The requests, each with the answer that it has to get."),
  }),
  example: {
    namespace: "shop",
    from: "deployment/reporter",
    requests: [{ path: "/api/v1/namespaces/shop/pods", status: 200 }],
  },

  probe: (params) => ({
    asker: askerOf(params),
    ...Object.fromEntries(params.requests.map(({ path }) => [path, webIn(params, ["api", path])])),
  }),

  check: (facts: Readonly<Record<string, Output>>, params) => [
    ...askerDifferences(facts.asker, params),
    ...params.requests
      .map(({ path, status }) => ({ path, wanted: String(status), got: answerIn(facts[path]) }))
      .filter(({ wanted, got }) => wanted !== got)
      .map(({ path, wanted, got }) => `${askedFrom(params, path)}: ${got} seen, ${wanted} expected`),
  ],

  patience: { seconds: 60, for: "the answers of the API server" },
});

function answerIn({ code, stdout }: Output = { code: 1, stdout: "", stderr: "" }): string {
  if (code === 0) return "200";
  if (/has no token/.test(stdout)) return "no token";
  return /answers with status (\d+)/.exec(stdout)?.[1] ?? `it ${reason(stdout)}`;
}
