import { z } from "zod";
import {
  kubeletClientIn,
  kubeletClientName,
  kubeletClientQuestions,
  renewKubeletClient,
} from "../../kubernetes/kubelet-client.ts";
import { step } from "../step.ts";

/** A certificate for some minutes is not a renewed one. */
const shortest = 7 * 24 * 60 * 60;

export const kubeletClientValid = step({
  summary:
    "Expects the API server's client certificate for kubelets to be valid for a week at least, issued by the cluster's authority, and the API server's own.",
  params: z.strictObject({}),

  probe: () => kubeletClientQuestions,

  check: (facts) => {
    const certificate = kubeletClientIn(facts);
    if (!certificate) return ["the API server has no client certificate for kubelets"];
    const { name, isIssued, secondsLeft } = certificate;
    const subject = "the API server's client certificate for kubelets";
    return [
      ...(isIssued ? [] : [`${subject} was not issued by the cluster's authority`]),
      ...(name === kubeletClientName ? [] : [`${subject} is that of ${name}, not of ${kubeletClientName}`]),
      ...(secondsLeft < 0 ? [`${subject} has expired`] : []),
      ...(secondsLeft >= 0 && secondsLeft < shortest
        ? [`${subject} ends in ${Math.floor(secondsLeft / 3600)} hours`]
        : []),
    ];
  },

  apply: async (host) => {
    await host.run(renewKubeletClient);
  },
});
