import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

const config = said(
  "apiVersion: kubelet.config.k8s.io/v1beta1\ncgroupRoot: /workloads\nkind: KubeletConfiguration\n",
);

export const cases: StepCases = {
  machine: "w1",
  params: { settings: { cgroupRoot: "/workloads" } },
  fresh: { differences: ["the kubelet's cgroupRoot has not been changed"] },
  right: { file: config },
  wrong: {
    "another value": {
      facts: { file: said("cgroupRoot: /\n") },
      differences: ["the kubelet's cgroupRoot has not been changed"],
    },
    "a list with other members": {
      params: { settings: { clusterDNS: ["10.0.0.1"] } },
      facts: { file: said("clusterDNS: [10.96.0.10]\n") },
      differences: ["the kubelet's clusterDNS has not been changed"],
    },
    "a file that is not YAML": {
      facts: { file: said("cgroupRoot: [\n") },
      differences: ["the kubelet's cgroupRoot has not been changed"],
    },
  },
  apply: {
    "the file of kubeadm": {
      facts: { file: said("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n") },
    },
  },
  undo: { "a right machine": {} },
};
