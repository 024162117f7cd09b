import { z } from "zod";
import {
  expireKubeletClient,
  kubeletClientFiles,
  kubeletClientIn,
  kubeletClientQuestions,
} from "../../kubernetes/kubelet-client.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { releasesOf } from "../../versions.ts";
import { step } from "../step.ts";

const owner = "kubelet-client-expired";

export const kubeletClientExpired = step({
  summary:
    "Replaces the API server's client certificate for kubelets by one that has expired, for an exercise; undoing restores it.",
  params: z.strictObject({}),

  probe: () => kubeletClientQuestions,

  check: (facts) => {
    const certificate = kubeletClientIn(facts);
    if (!certificate) return ["the API server has no client certificate for kubelets"];
    return certificate.secondsLeft < 0 ? [] : ["the API server's client certificate for kubelets is valid"];
  },

  apply: async (host, _, { lab }) => {
    await host.run(backUp(owner, { files: kubeletClientFiles }));
    await host.run(expireKubeletClient(releasesOf(lab.cluster.version).kubernetes));
  },

  undo: async (host, _, context) => {
    await restore(host, context, owner);
  },
});
