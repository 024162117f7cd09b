import type { CheckContext } from "../../../src/engine/step.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

/** A lab with further control planes. */
export const withControlPlanes =
  (...names: string[]) =>
  (context: CheckContext): CheckContext => ({
    ...context,
    lab: {
      ...context.lab,
      machines: [
        ...context.lab.machines,
        ...names.map((name) => ({ ...context.machine, name, role: "control-plane" })),
      ],
    },
  });

export const cases: StepCases = {
  context: withControlPlanes("cp2", "cp3"),
  fresh: { differences: ["the control plane cp has not been stopped"] },
  right: { began: said("1000\n") },
  wrong: {
    "no mark": { facts: { began: nothing }, differences: ["the control plane cp has not been stopped"] },
  },
  refuse: {
    "a lab with two control planes": {
      context: ({ lab, ...context }) => ({
        ...context,
        lab: { ...lab, machines: lab.machines.filter(({ name }) => name !== "cp3") },
      }),
      error: /the lab basics has fewer than 3 control planes/,
    },
  },
  apply: { "a fresh machine": { notes: ["stopping the control plane"] } },
  undo: { "a right machine": { notes: ["starting the control plane"] } },
};
