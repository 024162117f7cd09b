import type { CheckContext } from "../../../src/engine/step.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said, withMachine } from "../../support/steps.ts";

/** The lab with a load balancer at an address; undefined: it does not exist yet. */
const behind =
  (address: string | undefined) =>
  (context: CheckContext): CheckContext => ({
    ...context,
    lab: {
      ...context.lab,
      machines: [...context.lab.machines, { name: "lb", role: "load-balancer", user: "root", sudo: "none" }],
    },
    addresses: new Map([...context.addresses, ...(address === undefined ? [] : [["lb", address] as const])]),
  });

/** The lab with an address that moves between its control planes. */
const moving = (context: CheckContext): CheckContext => ({
  ...context,
  lab: { ...context.lab, cluster: { ...context.lab.cluster, controlPlaneEndpoint: "auto" } },
});

const moved = (place: string) =>
  `its nodes reach it at 10.89.0.10:6443, and the lab file puts it at ${place} (lb)`;

export const cases: StepCases = {
  // Whatever it is to become.
  fresh: { differences: [] },
  right: { controlPlane: said(""), worker: nothing, server: said("10.89.0.10:6443\n") },
  alsoRight: {
    "a control plane behind its load balancer": {
      context: behind("10.89.0.20"),
      facts: { server: said("10.89.0.20:6443\n") },
    },
    "an address that moves": { context: moving, facts: { server: said("10.89.0.9:6443\n") } },
    "a load balancer that is gone, and will be created again": {
      context: behind(undefined),
      facts: { server: said("10.89.0.20:6443\n") },
    },
  },
  wrong: {
    "a control plane that the lab file makes a worker": {
      context: withMachine({ role: "worker" }),
      differences: ["the machine is a control plane of the cluster, and a worker in the lab file"],
    },
    "a worker that the lab file makes a control plane": {
      facts: { controlPlane: nothing, worker: said("") },
      differences: ["the machine is a worker of the cluster, and a control plane in the lab file"],
    },
    "a load balancer that the cluster did not have": {
      context: behind("10.89.0.20"),
      differences: [moved("10.89.0.20")],
    },
    "a load balancer that does not exist yet": {
      context: behind(undefined),
      differences: [moved("the new machine")],
    },
  },
  refuse: {
    "another role": {
      context: withMachine({ role: "worker" }),
      error: /cp: the machine is a control plane of the cluster, and a worker in the lab file/,
    },
    "a new load balancer": {
      context: behind(undefined),
      error: /cannot move the API server of the lab basics: its nodes reach it at 10.89.0.10:6443/,
    },
    "an address that is to move from now on": {
      context: moving,
      error: /at 10.89.0.10:6443, and the lab file puts it at 10.89.0.9 \(controlPlaneEndpoint\)/,
    },
    "an address that is to move no more": {
      facts: { server: said("10.89.0.9:6443\n") },
      error: /at 10.89.0.9:6443, and the lab file puts it at 10.89.0.10 \(cp\)/,
    },
    "a load balancer that was taken out": {
      facts: { server: said("10.89.0.20:6443\n") },
      error: /its nodes reach it at 10.89.0.20:6443, and the lab file puts it at 10.89.0.10 \(cp\)/,
    },
  },
};
