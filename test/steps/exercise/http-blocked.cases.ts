import { running } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

const asked = "asked from deployment stranger, http://till/";
const failed = (printed: string, words: string) => ({
  facts: { answer: said(`${printed}\n`, 1) },
  differences: [`${asked} ${words}; packets without an answer are expected`],
});

export const cases: StepCases = {
  params: { namespace: "shop", from: "deployment/stranger", url: "http://till/", reaches: "http://web/" },
  fresh: { differences: [`${asked} cannot be asked: ; packets without an answer are expected`] },
  right: {
    answer: said('web: Get "http://till/": context deadline exceeded\n', 1),
    other: said("name: web\n"),
    asker: running("docker.io/labwright/web:1"),
  },
  wrong: {
    "an answer": {
      facts: { answer: said("name: till\n") },
      differences: [`${asked} is answered, and should not be`],
    },
    "nobody who listens": failed(
      "web: dial tcp 10.96.1.2:80: connect: connection refused",
      "does not answer: connection refused",
    ),
    "a pod that reaches nothing at all": {
      facts: { other: said('web: Get "http://web/": context deadline exceeded\n', 1) },
      differences: [
        "asked from deployment stranger, http://web/ does not answer in time: the pod is cut off from everything",
      ],
    },
    "no name": failed("web: dial tcp: lookup till: no such host", "has a name that is not known"),
    "another program asks": {
      facts: { asker: running("forged:1") },
      differences: [
        "deployment stranger runs forged:1 instead of labwright/web, so its word counts for nothing",
      ],
    },
  },
};
