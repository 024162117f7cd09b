import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

export const cases: StepCases = {
  params: {
    namespace: "shop",
    account: "reporter",
    may: ["list pods"],
    mayNot: ["delete pods", "get pods/log", "list pods in default", "* *"],
  },
  fresh: { differences: ["the API server does not answer"] },
  right: {
    account: said("serviceaccount/reporter\n"),
    "list pods": said("yes\n"),
    "delete pods": said("no\n", 1),
    "get pods/log": said("no\n", 1),
    "list pods in default": said("no\n", 1),
    "* *": said("no\n", 1),
  },
  wrong: {
    "no account": {
      facts: { account: said("") },
      differences: ["the service account reporter is missing"],
    },
    "too little": {
      facts: { "list pods": said("no\n", 1) },
      differences: ["the service account reporter may not list pods"],
    },
    "too much": {
      facts: { "delete pods": said("yes\n"), "* *": said("yes\n") },
      differences: [
        "the service account reporter may delete pods, which it does not need",
        "the service account reporter may * *, which it does not need",
      ],
    },
    "a question without an answer": {
      facts: { "delete pods": said("", 1) },
      differences: ["the API server does not answer"],
    },
  },
};
