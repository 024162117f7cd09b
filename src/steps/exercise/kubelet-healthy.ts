import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { onMachine } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { jsonOf, kubectl } from "../../kubernetes/kubectl.ts";
import { askRunningConfig, askRunsInstalled, runsReplaced } from "../../kubernetes/kubelet.ts";
import { type KubeObject, valuesAt } from "../../kubernetes/objects.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { inactive, serviceState } from "../../linux/files.ts";
import { step } from "../step.ts";

export const kubeletHealthy = step({
  summary:
    "Expects a node's kubelet to run from the installed program and to answer the API server, with the same values of certain settings as the control plane's kubelet, and the node to be Ready and not cordoned.",
  params: z.strictObject({
    settings: z
      .array(z.string().min(1))
      .default([])
      .describe("Fields of KubeletConfiguration that are compared, as the running kubelets report them."),
  }),
  example: { settings: ["cgroupDriver", "cgroupRoot"] },

  probe: (_, { lab, machine }) => {
    const first = controlPlaneOf(lab);
    return {
      state: serviceState("kubelet"),
      installed: askRunsInstalled,
      running: onMachine(first, askRunningConfig(machine.name)),
      expected: onMachine(first, askRunningConfig(first)),
      node: onMachine(first, kubectl(sh`get node ${machine.name} --ignore-not-found -o json`)),
    };
  },

  check: ({ state, installed, running, expected, node }, { settings }, { lab, machine: { name } }) => {
    const [present, wanted] = [runningIn(running), runningIn(expected)];
    if (node.code !== 0 || !wanted) return ["the API server does not answer"];
    const object = jsonOf<KubeObject>(node);
    return [
      ...inactive("kubelet", state),
      ...(runsReplaced(state, installed)
        ? [`the kubelet of ${name} still runs from a program that has been replaced`]
        : []),
      ...(present
        ? settings
            .filter((key) => !isDeepStrictEqual(present[key], wanted[key]))
            .map(
              (key) =>
                `the kubelet of ${name} runs with ${key} ${shown(present[key])}, that of ${controlPlaneOf(lab)} with ${shown(wanted[key])}`,
            )
        : [`the kubelet of ${name} does not answer the API server`]),
      ...(object && isReady(object) ? [] : [`the node ${name} is not Ready`]),
      ...(object && valuesAt(object, ["spec", "unschedulable"]).includes(true)
        ? [`the node ${name} is cordoned`]
        : []),
    ];
  },

  patience: { seconds: 90, for: "the node to be Ready" },
});

const runningIn = (fact: Output): Record<string, unknown> | undefined =>
  jsonOf<{ kubeletconfig?: Record<string, unknown> }>(fact)?.kubeletconfig;

const shown = (value: unknown): string =>
  value === undefined ? "unset" : typeof value === "object" ? JSON.stringify(value) : String(value);
