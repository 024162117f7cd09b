import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { asRun, endpointOf, isConfigured } from "../../components/runtime/endpoint.ts";
import type { Facts } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import { ask, kubeletConf } from "../../kubernetes/kubectl.ts";
import { kubeletConfigFile as configFile } from "../../kubernetes/kubelet.ts";
import type { Lab } from "../../lab/types.ts";
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

  check: (facts, _, { lab }) => [
    ...(facts.file.code === 0 ? [] : [`${configFile} is missing`]),
    ...changedKeys(facts, lab).map(
      (key) => `${configFile} has another ${key} than the cluster's kubelet-config`,
    ),
    ...inactive("kubelet", facts.state),
  ],

  apply: async (host, _, context, facts) => {
    const differs = facts.file.code !== 0 || changedKeys(facts, context.lab).length > 0;
    if (differs) {
      context.note("writing the kubelet's configuration again");
      // kubeadm asks the API server for it, which on a control plane is up only while the kubelet is.
      await host.write({ path: configFile, content: forNode(facts.cluster.stdout, context.lab) });
    }
    await host.run(sh`systemctl reset-failed kubelet; systemctl restart kubelet`);
  },

  patience: { seconds: 60, for: "the kubelet to run with the cluster's configuration" },
});

const endpointKey = "containerRuntimeEndpoint";
const endpointLine = new RegExp(`^${endpointKey}:.*$`, "m");

/** The cluster's configuration as a node has it: an empty socket would be that of the kubelet's default runtime. */
function forNode(cluster: string, lab: Lab): string {
  if (!isConfigured(lab.cluster)) return cluster;
  const line = `${endpointKey}: ${endpointOf(lab.cluster)}`;
  return endpointLine.test(cluster) ? cluster.replace(endpointLine, line) : `${cluster.trimEnd()}\n${line}\n`;
}

/** Names of the settings in which a node's file differs from the cluster's; none if the cluster cannot be asked. */
function changedKeys({ file, cluster }: Facts<"file" | "cluster">, lab: Lab): string[] {
  if (cluster.code !== 0 || file.code !== 0) return [];
  const wanted = settings(forNode(cluster.stdout, lab));
  const found = settings(file.stdout);
  const endpoint = found[endpointKey];
  if (typeof endpoint === "string") found[endpointKey] = asRun(endpoint);
  const keys = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  if (!isConfigured(lab.cluster)) keys.delete(endpointKey);
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
