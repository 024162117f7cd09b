import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { ask, kubeletConf } from "../../kubernetes/kubectl.ts";
import { kubeletConfigFile as configFile } from "../../kubernetes/kubelet.ts";
import { readYaml } from "../../lab/yaml.ts";
import { inactive, serviceState } from "../../linux/files.ts";
import { step } from "../step.ts";

export const kubeletConfig = step({
  summary:
    "Runs the kubelet with the configuration that the cluster keeps for its nodes; restarts it only if that differs.",
  params: z.strictObject({}),

  probe: () => ({
    file: sh`cat ${configFile}`,
    cluster: ask(
      sh`-n kube-system get configmap kubelet-config -o ${"jsonpath={.data.kubelet}"}`,
      kubeletConf,
    ),
    state: serviceState("kubelet"),
  }),

  check: (facts) => [
    ...(facts.file.code === 0 ? [] : [`${configFile} is missing`]),
    ...changedKeys(facts.file, facts.cluster).map(
      (key) => `${configFile} has another ${key} than the cluster's kubelet-config`,
    ),
    ...inactive("kubelet", facts.state),
  ],

  apply: async (host, _, context, facts) => {
    const differs = facts.file.code !== 0 || changedKeys(facts.file, facts.cluster).length > 0;
    if (differs) {
      context.note("writing the kubelet's configuration again");
      // kubeadm asks the API server for it, which on a control plane is up only while the kubelet is.
      await host.write({ path: configFile, content: facts.cluster.stdout });
    }
    await host.run(sh`systemctl reset-failed kubelet; systemctl restart kubelet`);
  },

  patience: { seconds: 60, for: "the kubelet to run with the cluster's configuration" },
});

/** Names of the settings in which a node's file differs from the cluster's; none if the cluster cannot be asked. */
function changedKeys(file: Output, cluster: Output): string[] {
  if (cluster.code !== 0 || file.code !== 0) return [];
  const wanted = settings(cluster.stdout);
  const found = settings(file.stdout);
  const keys = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  // kubeadm writes the runtime's socket of each node into that node's file only.
  keys.delete("containerRuntimeEndpoint");
  return [...keys].filter((key) => !isDeepStrictEqual(wanted[key], found[key])).sort();
}

function settings(text: string): Record<string, unknown> {
  try {
    const { value } = readYaml(text, configFile);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
