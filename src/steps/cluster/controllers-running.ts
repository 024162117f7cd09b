import { z } from "zod";
import { areSuspended, askControllers, resumeControllers } from "../../kubernetes/suspended-controllers.ts";
import { step } from "../step.ts";

export const controllersRunning = step({
  summary:
    "Lets controllers go on that were stopped before the machines were frozen, once every node has renewed its lease.",
  params: z.strictObject({}),

  probe: () => ({ state: askControllers }),

  check: ({ state }) => {
    if (state.stdout === "") return ["kube-controller-manager does not run"];
    return areSuspended(state) ? ["kube-controller-manager is stopped"] : [];
  },

  apply: async (host, _, { note }, { state }) => {
    if (!areSuspended(state)) return;
    note("waiting for the nodes' leases");
    await host.run(resumeControllers);
  },

  within: "cluster",

  patience: { seconds: 60, for: "kube-controller-manager to run" },
});
