import { running } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

const asked = (path: string) => `asked from deployment reporter, ${path}`;

export const cases: StepCases = {
  params: {
    namespace: "shop",
    from: "deployment/reporter",
    requests: [
      { path: "/pods", status: 200 },
      { path: "/secrets", status: 403 },
    ],
  },
  fresh: {
    differences: [
      `${asked("/pods")}: it cannot be asked:  seen, 200 expected`,
      `${asked("/secrets")}: it cannot be asked:  seen, 403 expected`,
    ],
  },
  right: {
    asker: running("labwright/web:1", "reporter"),
    "/pods": said('{"kind":"PodList"}'),
    "/secrets": said('{"kind":"Status"}\nweb: /secrets answers with status 403\n', 1),
  },
  alsoRight: {
    "a pod without a token": {
      params: {
        namespace: "shop",
        from: "deployment/till",
        requests: [{ path: "/api", status: "no token" }],
      },
      facts: { "/api": said("web: this pod has no token of a service account\n", 1) },
    },
  },
  wrong: {
    "other answers": {
      facts: { "/pods": said("web: /pods answers with status 403\n", 1), "/secrets": said("{}") },
      differences: [
        `${asked("/pods")}: 403 seen, 200 expected`,
        `${asked("/secrets")}: 200 seen, 403 expected`,
      ],
    },
    "no token": {
      facts: { "/pods": said("web: this pod has no token of a service account\n", 1) },
      differences: [`${asked("/pods")}: no token seen, 200 expected`],
    },
    "another program asks": {
      facts: { asker: running("forged:1", "reporter") },
      differences: [
        "deployment reporter runs forged:1 instead of labwright/web, so its word counts for nothing",
      ],
    },
  },
};
