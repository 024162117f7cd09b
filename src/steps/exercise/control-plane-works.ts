import { z } from "zod";
import { onMachine } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import { jsonOf, kubectl } from "../../kubernetes/kubectl.ts";
import type { KubeObject } from "../../kubernetes/objects.ts";
import { controlPlaneQuestions, endOutage } from "../../kubernetes/outage.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { controlPlaneOf, isControlPlane } from "../../lab/roles.ts";
import { inactive } from "../../linux/files.ts";
import { count } from "../../wording.ts";
import { step } from "../step.ts";

interface Health {
  health: boolean;
}

export const controlPlaneWorks = step({
  summary:
    "Expects a control plane to run for good: its kubelet enabled, its own API server ready, all members of etcd healthy, its node Ready.",
  params: z.strictObject({}),

  probe: (_, { lab, machine }) => ({
    ...controlPlaneQuestions,
    node: onMachine(controlPlaneOf(lab), kubectl(sh`get node ${machine.name} --ignore-not-found -o json`)),
  }),

  check: (facts, _, { lab, machine: { name } }) => {
    const members = jsonOf<Health[]>({ ...facts.members, code: 0 }) ?? [];
    const healthy = members.filter(({ health }) => health).length;
    const expected = lab.machines.filter(isControlPlane).length;
    const node = jsonOf<KubeObject>(facts.node);
    return [
      ...inactive("kubelet", facts.state),
      ...(facts.enabled.stdout.trim() === "enabled"
        ? []
        : [`the kubelet of ${name} is not enabled: it would not start with the machine`]),
      ...(facts.api.code === 0 ? [] : [`the API server of ${name} is not ready`]),
      ...(healthy === expected
        ? []
        : [`${count(healthy, "healthy member")} of etcd seen from ${name}, ${expected} expected`]),
      ...(node && isReady(node) ? [] : [`the node ${name} is not Ready`]),
    ];
  },

  apply: async (host) => {
    await host.run(endOutage);
  },

  patience: { seconds: 60, for: "the control plane to work" },
});
