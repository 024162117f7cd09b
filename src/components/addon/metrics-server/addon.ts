import { sh } from "../../../hosts/sh.ts";
import { ask, jsonOf, type List } from "../../../kubernetes/kubectl.ts";
import { nodesOf } from "../../../lab/roles.ts";
import type { Addon } from "../addon.ts";
import { adapted } from "./manifest.ts";
import { metricsServerFiles, metricsServerImages, metricsServerVersion } from "./release.ts";

interface NodeMetrics {
  metadata: { name: string };
  usage?: { cpu?: string; memory?: string };
}

/** The resource metrics of nodes and pods: `kubectl top`, and autoscaling by processor use. */
export const addon: Addon = {
  version: metricsServerVersion,
  revision: 1,
  files: metricsServerFiles,
  images: metricsServerImages,
  adapt: adapted,
  proof: {
    // What `kubectl top nodes` asks.
    ask: ask(sh`get --raw /apis/metrics.k8s.io/v1beta1/nodes`),
    differences(_, lab, answer) {
      const measured = ((answer && jsonOf<List<NodeMetrics>>(answer))?.items ?? [])
        .filter(({ usage }) => usage?.cpu !== undefined && usage.memory !== undefined)
        .map(({ metadata }) => metadata.name);
      return nodesOf(lab)
        .filter(({ name }) => !measured.includes(name))
        .map(({ name }) => `\`kubectl top nodes\` has no value for ${name}`);
    },
  },
  written: {},
  bookkeeping: ["nodes.metrics.k8s.io", "pods.metrics.k8s.io"],
};
