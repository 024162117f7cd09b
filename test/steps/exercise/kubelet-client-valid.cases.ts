import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";
import { administrators, foreign, withSecondsLeft } from "./kubelet-client-answers.ts";

const day = 24 * 60 * 60;

export const cases: StepCases = {
  fresh: { differences: ["the API server has no client certificate for kubelets"] },
  right: withSecondsLeft(360 * day),
  alsoRight: { "a week is left": { facts: withSecondsLeft(7 * day) } },
  wrong: {
    "it has expired": {
      facts: withSecondsLeft(-1),
      differences: ["the API server's client certificate for kubelets has expired"],
    },
    "it ends soon": {
      facts: withSecondsLeft(2 * 60 * 60 + 600),
      differences: ["the API server's client certificate for kubelets ends in 2 hours"],
    },
    "somebody else's": {
      facts: { certificate: administrators },
      differences: [
        "the API server's client certificate for kubelets is that of kubernetes-admin, not of kube-apiserver-kubelet-client",
      ],
    },
    "another authority with the same name": {
      facts: { certificate: foreign },
      differences: [
        "the API server's client certificate for kubelets was not issued by the cluster's authority",
      ],
    },
    "words instead of a certificate": {
      facts: { certificate: said("valid\n") },
      differences: ["the API server has no client certificate for kubelets"],
    },
  },
  apply: { "an expired certificate": { facts: withSecondsLeft(-1) } },
};
