import { z } from "zod";
import { onMachine } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import { jsonOf, kubectl } from "../../kubernetes/kubectl.ts";
import { objectName } from "../../kubernetes/objects.ts";
import { askBegin, askEtcdStart } from "../../kubernetes/outage.ts";
import { step } from "../step.ts";

export const madeDuringOutage = step({
  summary:
    "Expects a ConfigMap that was created while a control plane was down: after `control-plane-stopped`, and before etcd was started again there.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    configMap: objectName.describe("The ConfigMap."),
    down: objectName.describe("The machine that was down."),
  }),
  example: { namespace: "shop", configMap: "log", down: "cp3" },

  probe: ({ namespace, configMap, down }) => ({
    object: kubectl(sh`-n ${namespace} get configmap ${configMap} --ignore-not-found -o json`),
    began: onMachine(down, askBegin),
    back: onMachine(down, askEtcdStart),
  }),

  check: ({ object, began, back }, { namespace, configMap, down }) => {
    if (object.code !== 0) return ["the API server does not answer"];
    const found = jsonOf<{ metadata: { creationTimestamp: string } }>(object);
    if (!found) return [`the configmap ${configMap} is missing in the namespace ${namespace}`];
    const made = Date.parse(found.metadata.creationTimestamp) / 1000;
    if (began.code !== 0) return [`${down} has not been down`];
    return [
      ...(made < Number(began.stdout)
        ? [`the configmap ${configMap} is older than the outage of ${down}`]
        : []),
      ...(back.code === 0 && made >= Number(back.stdout)
        ? [`the configmap ${configMap} was created when ${down} was back already`]
        : []),
    ];
  },

  apply: async (host, { namespace, configMap }) => {
    await host.run(
      sh`${kubectl(sh`-n ${namespace} delete configmap ${configMap} --ignore-not-found`)} &&
        ${kubectl(sh`-n ${namespace} create configmap ${configMap}`)}`,
    );
  },

  places: ({ namespace, configMap }) => [{ kind: "object", name: `configmap/${namespace}/${configMap}` }],

  undo: async (host, { namespace, configMap }) => {
    await host.run(kubectl(sh`-n ${namespace} delete configmap ${configMap} --ignore-not-found`));
  },
});
